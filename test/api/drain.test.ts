import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { freePort } from '../../tools/local/ports.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
let api: ChildProcess
afterAll(async () => {
  api?.kill('SIGKILL')
  await world.close()
})
beforeAll(async () => void (world = await createWorld({ worker: false })))

/** Starts the API as a process of its own. Returns its URL. */
async function startProgram(): Promise<string> {
  const port = await freePort()
  api = spawn(process.execPath, [inject('apiProgram')], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      PORT: String(port),
      DRAIN_SECONDS: '0',
      DATABASE_URL: world.databaseUrl,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      TASK_QUEUE: world.taskQueue,
      STRIPE_TEST_SECRET_KEY: 'sk_test_world',
      STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_world',
      STRIPE_TEST_WEBHOOK_SECRET: 'whsec_test_only',
      STRIPE_API_URL: world.simulator.url,
      SETUP_LINK_SECRETS: 'a-secret-that-only-this-test-knows-of',
      WEBHOOK_SECRET_KEYS: 'a-key-that-only-this-test-knows-of',
      LOG_LEVEL: 'error',
    },
  })
  await once(api, 'message')
  return `http://127.0.0.1:${port}`
}

test('a call that waits for a gateway completes when the API is told to stop', { timeout: 120_000 }, async () => {
  const url = await startProgram()
  const slow = await world.hold('/v1/setup_intents')
  const { secret_key: api_key, org_id, brand_id } = world.seeds
  const call = fetch(`${url}/public/edge/setupPaymentMethod`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ api_key, org_id, brand_id, contact_id: world.newContact() }),
  })
  call.catch(() => {}) // it is looked at below
  await slow.reached()
  api.kill('SIGTERM')
  // A gateway may take GATEWAY_TIMEOUT_MS, 20 seconds unless set.
  await sleep(12_000)
  expect(api.exitCode).toBeNull()
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed')
  await slow.release()
  const answer = await call
  const body = (await answer.json()) as { data?: { client_secret?: string } }
  if (body.data?.client_secret) world.secrets.add(body.data.client_secret)
  expect([answer.status, body.data?.client_secret]).toEqual([200, expect.stringMatching(/^seti_\w+_secret_/)])
  if (api.exitCode === null) await once(api, 'exit')
  expect(api.exitCode).toBe(0)
})
