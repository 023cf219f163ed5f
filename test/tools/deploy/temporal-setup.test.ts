import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, inject, test } from 'vitest'
import { searchAttributeNames } from '../../../domain/onboarding/search-attributes.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { freePort } from '../../../tools/local/ports.ts'
import { runScript } from './scripts.ts'

// The job of docker-compose.yml that prepares Temporal, against a real server.

const folder = temporaryFolder('temporal-setup')
const TEMPORAL_NAMESPACE = 'a-new-namespace'
mkdirSync(join(folder, 'bin'))
symlinkSync(inject('temporalProgram'), join(folder, 'bin/temporal'))
const env = { PATH: `${folder}/bin:/usr/bin:/bin`, HOME: folder, TEMPORAL_NAMESPACE }
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the first pass creates the namespace with its search attributes, and the second changes nothing', async () => {
  const TEMPORAL_ADDRESS = inject('temporalAddress')
  for (let i = 0; i < 2; i++)
    expect(await runScript(['temporal-setup.sh'], { ...env, TEMPORAL_ADDRESS })).toEqual({
      code: 0,
      output: `the namespace ${TEMPORAL_NAMESPACE} has its search attributes\n`,
    })
  const list = ['operator', 'search-attribute', 'list', '--namespace', TEMPORAL_NAMESPACE, '--output', 'json']
  const listed = execFileSync(inject('temporalProgram'), [...list, '--address', TEMPORAL_ADDRESS], { env })
  for (const name of searchAttributeNames) expect(listed.toString()).toContain(`"${name}"`)
})

test('if Temporal cannot be reached, the job fails with the reason', async () => {
  const TEMPORAL_ADDRESS = `127.0.0.1:${await freePort()}`
  const { code, output } = await runScript(['temporal-setup.sh'], { ...env, TEMPORAL_ADDRESS, TRIES: '1' })
  expect(code).toBe(1)
  expect(output).toContain('connection refused')
})
