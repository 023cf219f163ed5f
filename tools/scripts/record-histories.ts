import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { clientOptions } from '../../runtime/temporal.ts'
import { readArguments, refuseArguments } from '../../runtime/arguments.ts'
import { startReceiver } from '../webhooks/receiver.ts'

// Records one history of each kind of run from a running local stack (`npm start`), for test/replay. Keep old
// recordings unchanged: runs like them may still be open in production.

const usage = 'npx tsx tools/scripts/record-histories.ts <version, such as v2> [kind]'
const [version, only] = readArguments(usage, { allowPositionals: true, options: {} }).positionals
if (!version) refuseArguments(usage, 'The version is missing.')

const ready = JSON.parse(readFileSync(`${process.env.LOCAL_DIR || '.local'}/ready.json`, 'utf8')) as Record<
  string,
  string
>
const folder = new URL('../../test/replay/histories/', import.meta.url)
mkdirSync(folder, { recursive: true })
const root = fileURLToPath(new URL('../../', import.meta.url))
const client = new Client({ connection: await Connection.connect(clientOptions({ address: ready.temporal_address! })) })

const post = async (url: string, body: object, headers: Record<string, string> = {}) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return (await response.json()) as unknown
}
const secret = { Authorization: `Bearer ${ready.secret_key}` }
interface Run {
  status: string
  workflow_id: string
  attempt_state: string | null
}
const read = async (bc: string) =>
  (await (await fetch(`${ready.api_url}/v1/billing_customers/${bc}`, { headers: secret })).json()) as {
    onboarding: Run
    replacement?: Run
  }

/** Submits a card through a setup link. */
async function submitAt(url: string, card: string, amount: number): Promise<void> {
  const link = new URL(url)
  const made = await fetch(`${ready.stripe_url}/v1/confirmation_tokens`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ready.stripe_publishable_key}` },
    body: new URLSearchParams({ 'payment_method_data[type]': 'card', 'payment_method_data[card][number]': card }),
  })
  const { id } = (await made.json()) as { id: string }
  const body = { gateway: 'stripe', confirmation_token: id, amount, currency: 'USD' }
  await post(`${link.origin}${link.pathname}/setup-completed${link.search}`, body)
}

async function open(): Promise<{ bc: string; submit(card: string): Promise<void> }> {
  const { data } = (await post(`${ready.api_url}/public/edge/buildCustomerProfileSetup`, {
    api_key: ready.secret_key,
    org_id: ready.org_id,
    brand_id: ready.brand_id,
    contact_id: `recorded-${Math.random().toString(36).slice(2)}`,
    bi_id: ready.item_id,
  })) as { data: { billing_customer_id: string; setup_url: string } }
  return { bc: data.billing_customer_id, submit: (card) => submitAt(data.setup_url, card, 1500) }
}

async function save(name: string, bc: string, which: 'onboarding' | 'replacement' = 'onboarding'): Promise<void> {
  let run = (await read(bc))[which]!
  while (run.status === 'pending') {
    await sleep(100)
    run = (await read(bc))[which]!
  }
  await saveRun(name, run.workflow_id)
}

/** Saves the history of a run once it is closed. */
async function saveRun(name: string, workflowId: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId)
  while ((await handle.describe()).status.name === 'RUNNING') await sleep(100)
  // Removes the path and the name of the recording machine.
  const text = historyToJSON(await handle.fetchHistory())
    .replaceAll(root, '/')
    .replaceAll(`@${hostname()}`, '@recorder')
  writeFileSync(new URL(`${version}-${name}.json`, folder), text)
  console.log(`recorded ${version}-${name}: ${(await handle.describe()).status.name}`)
}

/** Onboards a file of three contacts. Returns the id of the run. */
async function uploadContacts(): Promise<string> {
  const contacts = ['a', 'b', 'c'].map((each) => `recorded-${each}-${Math.random().toString(36).slice(2)}`)
  const response = await fetch(`${ready.api_url}/v1/bulk_onboardings`, {
    method: 'POST',
    headers: { ...secret, 'Content-Type': 'text/csv' },
    body: ['external_id', ...contacts].join('\n'),
  })
  const { id } = (await response.json()) as { id: string }
  return `bulk/sandbox/${ready.org_id}/${id}`
}

/** An endpoint whose receiver is unavailable until its run has taken over; then it returns `status`. */
async function failEndpoint(name: string, status: number): Promise<void> {
  let reply = 503
  const receiver = await startReceiver(() => ({ status: reply }))
  const endpoints = `${ready.api_url}/v1/webhook_endpoints`
  const { id } = (await post(endpoints, { url: receiver.url }, secret)) as { id: string }
  const workflowId = `webhooks/sandbox/${ready.org_id}/${id}`
  await open()
  await open()
  const isRunning = () =>
    client.workflow
      .getHandle(workflowId)
      .describe()
      .then(Boolean, () => false)
  while (!(await isRunning())) {
    await post(`${endpoints}/${id}/retry`, {}, secret)
    await sleep(1_000)
  }
  await sleep(1_000)
  reply = status
  await post(`${endpoints}/${id}/retry`, {}, secret)
  await saveRun(name, workflowId)
  await fetch(`${endpoints}/${id}`, { method: 'DELETE', headers: secret })
  await receiver.close()
}

const kinds: Record<string, () => Promise<void>> = {
  async completed() {
    const { bc, submit } = await open()
    await sleep(500)
    await submit('4242424242424242')
    await save('completed', bc)
  },
  async 'declined-then-completed'() {
    const { bc, submit } = await open()
    await submit('4000000000000002')
    while ((await read(bc)).onboarding.attempt_state !== null) await sleep(100)
    await submit('4242424242424242')
    await save('declined-then-completed', bc)
  },
  async expired() {
    const { bc } = await open()
    await post(`${ready.api_url}/v1/billing_customers/${bc}/setup_link`, { expires_in_seconds: 60 }, secret)
    await save('expired', bc)
  },
  async 'canceled-with-refund'() {
    const { bc, submit } = await open()
    await post(`${ready.stripe_url}/_sim/faults`, {
      match: { method: 'POST', path: '/v1/payment_intents/*/confirm' },
      times: 1,
      fault: 'delay',
      delay_ms: 2000,
    })
    await submit('4242424242424242')
    await sleep(1_000)
    await post(`${ready.api_url}/v1/billing_customers/${bc}/cancel`, { reason: 'recorded' }, secret)
    await save('canceled-with-refund', bc)
  },
  async replaced() {
    const { bc, submit } = await open()
    await submit('4242424242424242')
    while ((await read(bc)).onboarding.status === 'pending') await sleep(100)
    const { replacement } = (await post(
      `${ready.api_url}/v1/billing_customers/${bc}/payment_method`,
      {},
      secret,
    )) as unknown as { replacement: { setup_url: string } }
    await sleep(500)
    await submitAt(replacement.setup_url, '5555555555554444', 0)
    await save('replaced', bc, 'replacement')
  },
  async 'bulk-completed'() {
    await saveRun('bulk-completed', await uploadContacts())
  },
  'endpoint-recovered': () => failEndpoint('endpoint-recovered', 200),
  'endpoint-disabled': () => failEndpoint('endpoint-disabled', 410),
}

for (const [kind, record] of Object.entries(kinds)) if (!only || only === kind) await record()
await client.connection.close()
