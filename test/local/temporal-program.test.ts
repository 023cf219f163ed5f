import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findTemporal } from '../../local/temporal-programs.ts'
import { isOlder, serverVersionOf } from '../../local/temporal-version.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const folder = temporaryFolder('temporal-program')
const { PATH, TEMPORAL_CLI_PATH } = process.env
beforeEach(() => {
  process.env.PATH = `${folder}:${PATH}`
  delete process.env.TEMPORAL_CLI_PATH
})
afterEach(() => {
  process.env.PATH = PATH
  if (TEMPORAL_CLI_PATH !== undefined) process.env.TEMPORAL_CLI_PATH = TEMPORAL_CLI_PATH
  rmSync(join(folder, 'temporal'), { force: true })
})

/** A `temporal` program that says this of its version. */
function program(says: string): string {
  const file = join(folder, 'temporal')
  writeFileSync(file, `#!/bin/sh\n${says}\n`)
  chmodSync(file, 0o755)
  return file
}

test('a program on the PATH is used where its server is as new as the pinned one, and passed over where not', async () => {
  const said: string[] = []
  const find = () => findTemporal((line) => said.push(line))
  const newer = program('echo "temporal version 9.1.0 (Server 9.31.2, UI 9.50.1)"')
  expect(await find()).toBe(newer)
  expect(said).toEqual([])
  const older = program('echo "temporal version 1.1.0 (server 1.25.0, ui 2.30.3)"')
  expect(await find()).not.toBe(older)
  expect(said.pop()).toMatch(/^not used: .*temporal, as its Temporal server is 1\.25\.0, older than v?1\./)
  for (const other of ['echo "tctl version 1.18"', 'exit 1']) {
    program(other)
    expect(await find()).not.toBe(older)
    expect(said.pop()).toContain('it has no Temporal server')
  }
})

test('a program that is named is used whatever its age, which is told', async () => {
  const said: string[] = []
  process.env.TEMPORAL_CLI_PATH = program('echo "temporal version 1.1.0 (server 1.25.0, ui 2.30.3)"')
  expect(await findTemporal((line) => said.push(line))).toBe(process.env.TEMPORAL_CLI_PATH)
  expect(said.join()).toContain('has the Temporal server 1.25.0; tried with')
})

test('versions are compared by number, and a program that hangs has none', { timeout: 20_000 }, async () => {
  expect(isOlder('1.9.0', '1.31.2')).toBe(true)
  expect(isOlder('1.31.2', 'v1.31.2')).toBe(false)
  expect(isOlder('2.0.0', 'v1.31.2')).toBe(false)
  expect(await serverVersionOf(program('exec sleep 60'))).toBeUndefined()
})
