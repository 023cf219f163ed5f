import { randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { startStack, type Stack } from '../../../tools/local/stack.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { until } from '../../support/until.ts'

// No test uses the internet: host names resolve to a listener, which records the requested host and closes the
// connection.
const asked = new Set<string>()
const listener: Server = createServer((socket) => {
  socket.on('error', () => {})
  socket.once('data', (hello) => {
    // The first TLS message contains the host name in plain text.
    for (const [name] of hello.toString('latin1').matchAll(/[a-z0-9-]+(\.[a-z0-9-]+)+\.[a-z]{2,}/g)) asked.add(name)
    socket.destroy()
  })
})

const folder = temporaryFolder('real-keys')
const keys = {
  STRIPE_TEST_SECRET_KEY: 'sk_test_of_somebody',
  STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_of_somebody',
  STRIPE_TEST_WEBHOOK_SECRET: 'whsec_of_somebody',
  PAYPAL_TEST_CLIENT_ID: 'client-of-somebody',
  PAYPAL_TEST_CLIENT_SECRET: 'secret-of-somebody',
  PAYPAL_TEST_WEBHOOK_ID: 'WH-OF-SOMEBODY',
}
const said: string[] = []
let database: TestDatabase
let stack: Stack

beforeAll(async () => {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  database = await freshDatabase()
  const env = {
    ...process.env,
    ...keys,
    PORT: '0',
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TASK_QUEUE: `test-${randomUUID()}`,
    RETRY_PAUSE_MAX_MS: '300',
    NODE_OPTIONS: `--import ${new URL('../../support/vendors-are-here.js', import.meta.url).href}`,
    VENDORS_PORT: String((listener.address() as AddressInfo).port),
  }
  stack = await startStack({ folder, env, say: (line) => said.push(line), changed: () => {} })
})
afterAll(async () => {
  await stack?.stop()
  await database.drop()
  listener.close()
  rmSync(folder, { recursive: true, force: true })
})

const post = (url: URL | string, body: object) =>
  fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

test('with real keys no simulator starts, and page, API and worker use the vendors', async () => {
  expect([stack.stripe.url, stack.paypal.url]).toEqual([null, null])
  expect(said.join()).not.toContain('simulator')
  expect(existsSync(join(folder, 'simulators'))).toBe(false)

  const { org_id, brand_id, secret_key, item_id } = stack.seeds
  const body = { api_key: secret_key, org_id, brand_id, contact_id: 'somebody', bi_id: item_id }
  const opened = await post(`${stack.apiUrl}/public/edge/buildCustomerProfileSetup`, body)
  const { data } = (await opened.json()) as { data: { setup_url: string; billing_customer_id: string } }
  const page = new URL(data.setup_url)
  const call = (name: string) => new URL(`${page.pathname}/${name}${page.search}`, page)

  const html = await fetch(page)
  const text = await html.text()
  const scripts = ['https://js.stripe.com/endive/stripe.js', 'https://www.sandbox.paypal.com/web-sdk/v6/core']
  for (const script of scripts) expect(text).toContain(`"${script}"`)
  expect(text).toContain(`<link rel="preload" as="script" href="${scripts[0]}"`)
  expect(html.headers.get('Content-Security-Policy')).toMatch(/https:\/\/js\.stripe\.com.*https:\/\/\*\.paypal\.com/)

  await post(call('payment-session'), { gateway: 'paypal' })
  await until(() => asked.has('api-m.sandbox.paypal.com'))
  const shown = { amount: 1500, currency: 'USD' }
  const submitted = { gateway: 'stripe', confirmation_token: 'ctoken_of_somebody', ...shown }
  expect((await post(call('setup-completed'), submitted)).status).toBe(202)
  await until(() => asked.has('api.stripe.com'))
  expect([...asked].sort()).toEqual(['api-m.sandbox.paypal.com', 'api.stripe.com'])

  const bearer = { headers: { Authorization: `Bearer ${secret_key}` } }
  const read = async () => {
    const answer = await fetch(`${stack.apiUrl}/v1/billing_customers/${data.billing_customer_id}`, bearer)
    return (await answer.json()) as { onboarding: { blocked_on: string | null } }
  }
  await until(async () => (await read()).onboarding.blocked_on === 'gateway')
})
