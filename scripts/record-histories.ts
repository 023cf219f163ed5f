import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'

// Records one history of each kind of run from a running local stack, for test/replay: `npm start`, then
// `npx tsx scripts/record-histories.ts`. Old recordings stay as they are: they are runs that may still be waiting somewhere.

const ready = JSON.parse(readFileSync(`${process.env.LOCAL_DIR ?? '.local'}/ready.json`, 'utf8')) as Record<
  string,
  string
>
const folder = new URL('../test/replay/histories/', import.meta.url)
mkdirSync(folder, { recursive: true })
const root = fileURLToPath(new URL('../', import.meta.url))
const client = new Client({ connection: await Connection.connect({ address: ready.temporal_address! }) })
const version = process.argv[2] ?? 'v1'

const post = async (url: string, body: object, headers: Record<string, string> = {}) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return (await response.json()) as unknown
}
const secret = { Authorization: `Bearer ${ready.secret_key}` }
const read = async (bc: string) =>
  (await (await fetch(`${ready.api_url}/v1/billing_customers/${bc}`, { headers: secret })).json()) as {
    onboarding: { status: string; workflow_id: string; attempt_state: string | null }
  }

async function open(): Promise<{ bc: string; submit(card: string): Promise<void> }> {
  const { data } = (await post(`${ready.api_url}/public/edge/buildCustomerProfileSetup`, {
    api_key: ready.secret_key,
    org_id: ready.org_id,
    brand_id: ready.brand_id,
    contact_id: `recorded-${Math.random().toString(36).slice(2)}`,
    bi_id: ready.item_id,
  })) as { data: { billing_customer_id: string; setup_url: string } }
  const link = new URL(data.setup_url)
  return {
    bc: data.billing_customer_id,
    async submit(card) {
      const made = await fetch(`${ready.stripe_url}/v1/confirmation_tokens`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${ready.stripe_publishable_key}` },
        body: new URLSearchParams({ 'payment_method_data[type]': 'card', 'payment_method_data[card][number]': card }),
      })
      const { id } = (await made.json()) as { id: string }
      await post(`${link.origin}${link.pathname}/setup-completed${link.search}`, {
        gateway: 'stripe',
        confirmation_token: id,
        amount: 1500,
        currency: 'USD',
      })
    },
  }
}

async function save(name: string, bc: string): Promise<void> {
  let { onboarding } = await read(bc)
  while (onboarding.status === 'pending') {
    await sleep(100)
    onboarding = (await read(bc)).onboarding
  }
  const handle = client.workflow.getHandle(onboarding.workflow_id)
  while ((await handle.describe()).status.name === 'RUNNING') await sleep(100)
  // Where and on which machine it was recorded is nobody's business.
  const text = historyToJSON(await handle.fetchHistory())
    .replaceAll(root, '/')
    .replaceAll(`@${hostname()}`, '@recorder')
  writeFileSync(new URL(`${version}-${name}.json`, folder), text)
  console.log(`recorded ${version}-${name}: ${onboarding.status}`)
}

const completed = await open()
await sleep(500)
await completed.submit('4242424242424242')
await save('completed', completed.bc)

const declined = await open()
await declined.submit('4000000000000002')
while ((await read(declined.bc)).onboarding.attempt_state !== null) await sleep(100)
await declined.submit('4242424242424242')
await save('declined-then-completed', declined.bc)

const expired = await open()
await post(`${ready.api_url}/v1/billing_customers/${expired.bc}/setup_link`, { expires_in_seconds: 60 }, secret)
await save('expired', expired.bc)

const canceled = await open()
await post(`${ready.stripe_url}/_sim/faults`, {
  match: { method: 'POST', path: '/v1/payment_intents/*/confirm' },
  times: 1,
  fault: 'delay',
  delay_ms: 2000,
})
await canceled.submit('4242424242424242')
await sleep(1_000)
await post(`${ready.api_url}/v1/billing_customers/${canceled.bc}/cancel`, { reason: 'recorded' }, secret)
await save('canceled-with-refund', canceled.bc)
await client.connection.close()
