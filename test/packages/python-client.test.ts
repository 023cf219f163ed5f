import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examplePayload } from '../../api/schemas/webhook-payload.ts'
import { temporaryFolder } from '../../tools/local/folders.ts'
import { generatePythonClient, isInstalled, python } from '../../tools/clients/python-client.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const why = isInstalled() ? '' : ' (skipped: the generator is not installed; npm run python-client installs it)'

describe.skipIf(why)(`a Python client generated from the OpenAPI document${why}`, () => {
  const folder = temporaryFolder('python-client')
  let world: World
  let said: string
  beforeAll(async () => {
    world = await createWorld()
    said = await generatePythonClient(folder)
  })
  afterAll(async () => {
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('compiles, and has every operation except the upload of a file', async () => {
    await promisify(execFile)(python, ['-m', 'compileall', '-q', folder])
    const left = [...said.matchAll(/WARNING parsing (.+?) within/g)].map(([, operation]) => operation)
    expect(left).toEqual(['POST /v1/bulk_onboardings'])
  })

  test('reads webhook events, also of types that a later version adds', async () => {
    const program = [
      'import json, sys',
      'from billing_onboarding.models import WebhookEvent',
      'for body in json.loads(sys.argv[1]):',
      '    event = WebhookEvent.from_dict(body)',
      '    print(event.type_, event.sequence, event.timestamp.year, event.data["amount"] + 1)',
    ].join('\n')
    const known = examplePayload('charge.succeeded')
    const bodies = JSON.stringify([known, { ...known, type: 'charge.added_later', added_later: true }])
    const env = { PYTHONPATH: folder }
    const { stdout } = await promisify(execFile)(python, ['-c', program, bodies], { env })
    expect(stdout).toBe('charge.succeeded 3 2026 1501\ncharge.added_later 3 2026 1501\n')
  })

  test('completes an onboarding and reads its events in order, as docs/python.md shows', async () => {
    const read = (path: string) => readFileSync(join(root, path), 'utf8')
    const [pays, events] = [...read('docs/python.md').matchAll(/^```python\n(.*?)^```/gms)].map(([, block]) => block)
    const program = `${read('docs/examples/quickstart.py').split('\nwhile')[0]}\n${pays}\n${events}`
    const env = { PYTHONPATH: folder, API_URL: world.apiUrl, API_KEY: world.seeds.secret_key }
    const { stdout } = await promisify(execFile)(python, ['-c', program], { env })
    expect(stdout).toMatch(/^3 1500 USD$/m)
  })

  test('onboards a customer with docs/examples/quickstart.py', async () => {
    const child = spawn(python, [join(root, 'docs/examples/quickstart.py')], {
      env: { PYTHONPATH: folder, API_URL: world.apiUrl, API_KEY: world.seeds.secret_key },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)))
    const ended = once(child, 'close')
    await until(() => /customer: (http\S+)/.test(output) || child.exitCode !== null)
    const url = /customer: (http\S+)/.exec(output)?.[1]
    expect(url, output).toBeDefined()
    await world.pageOf(url!).submitCard()
    expect(await ended, output).toEqual([0, null])
    expect(output).toMatch(/^active: the onboarding completed$/m)
  })
})
