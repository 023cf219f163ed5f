import { afterAll, beforeAll, expect, test } from 'vitest'
import { endpointWorkflowId } from '../../domain/webhooks/endpoint.ts'
import { secretKey } from '../../domain/webhooks/secret.ts'
import { createSealing } from '../../store/database/sealing.ts'
import { historiesOf } from '../support/histories.ts'
import { until } from '../support/until.ts'
import { webhooksOf } from '../support/webhooks/deliveries.ts'
import { startReceiver, type Receiver } from '../support/webhooks/receiver.ts'
import { endPause, startWebhookWorker } from '../support/webhooks/worker.ts'
import { createWorld, type World } from '../support/world/world.ts'

// Nothing that identifies a customer or a receiver is kept where deliveries leave traces.

let world: World
let hooks: ReturnType<typeof webhooksOf>
let receiver: Receiver
let stop: () => unknown
beforeAll(async () => {
  world = await createWorld({ listen: true })
  hooks = webhooksOf(world)
  receiver = await startReceiver()
  stop = await startWebhookWorker(world, hooks)
})
afterAll(async () => {
  await stop()
  await receiver.close()
  await world.close()
})

const path = '/v1/webhook_endpoints'
const customer = { external_id: 'contact-of-this-test', name: 'Augusta Privata', email: 'augusta@private.example' }
const credential = 'Bearer credential-of-the-gateway'

/** An endpoint whose receiver was away until its run took over, and then came back. Returns its id and secrets. */
async function deliverThroughTrouble(): Promise<{ id: string; secrets: string[] }> {
  let refused = 0
  receiver.reply(() => (refused++ % 2 === 0 ? 503 : 'reset'))
  const url = `${receiver.url}/private-path?token=private-token`
  const { body } = await world.asNative('POST', path, { url, headers: { Authorization: credential } })
  const { body: created } = await world.asNative('POST', '/v1/customers', customer)
  await world.asNative('POST', '/v1/billing_customers', { customer_id: created.id })
  const id = body.id as string
  const rotated = await world.asNative('POST', `${path}/${id}/rotate_secret`, {})
  const run = world.client.workflow.getHandle(endpointWorkflowId({ ...hooks.tenant, endpointId: id }))
  const isRunning = () =>
    run.describe().then(
      ({ status }) => status.name === 'RUNNING',
      () => false,
    )
  await until(async () => {
    await endPause(world, id)
    return isRunning()
  })
  // The run has tried in vain and pauses. Before that it could find the receiver back, and end, on its own.
  const isPausing = () => world.sql`
    select 1 from webhook_health
    where endpoint_id = ${id} and state = 'failing' and leased_until is null and retry_at > now() + interval '5 s'`
  await until(async () => (await isPausing()).length === 1)
  receiver.reply(() => 200)
  await run.executeUpdate('retryNow')
  expect(await run.result()).toEqual({ recovered: true })
  await until(
    () => hooks.states(id),
    (states) => states.length === 1 && states[0]!.state === 'delivered',
  )
  return { id, secrets: [body.secret, rotated.body.secret] }
}

/** An endpoint about which the worker logs an error: its secret cannot be decrypted. Returns its id. */
async function failToDecrypt(): Promise<string> {
  const url = `${receiver.url}/private-path?token=private-token`
  const { body } = await world.asNative('POST', path, { url, headers: { Authorization: credential } })
  const foreign = createSealing(['another-key-of-this-test-run-and-no-other'], 'webhook')
  await world.sql`
    update webhook_secrets set sealed = ${foreign.seal(body.id, Buffer.alloc(32))} where endpoint_id = ${body.id}`
  await world.asNative('POST', `${path}/${body.id}/test`)
  await until(() => world.logged.some((line) => line.includes(body.id)))
  return body.id
}

/** Everything that deliveries write, by where. */
async function traces(): Promise<Record<string, string>> {
  const { sql, client, taskQueue, logged } = world
  const tables = ['webhook_deliveries', 'webhook_tries', 'webhook_health', 'webhook_secrets', 'events']
  const rows = tables.map(async (table) => {
    const found = await sql<{ row: string }[]>`select to_jsonb(t)::text as row from ${sql(table)} t`
    return [table, found.map(({ row }) => row).join('\n')] as const
  })
  const histories = await historiesOf(client, taskQueue)
  return {
    ...Object.fromEntries(await Promise.all(rows)),
    'sealed headers': JSON.stringify(await sql`select header_names, sealed_headers::text from webhook_endpoints`),
    histories: histories.map(({ text }) => text).join('\n'),
    'the log': logged.join('\n'),
  }
}

test('histories, logs, tries and events have no URL, secret, header, name, email or external id', async () => {
  const { id, secrets } = await deliverThroughTrouble()
  const logged = await failToDecrypt()
  const found = await traces()
  // What is searched is there, and what it is searched for was really sent.
  for (const [where, text] of Object.entries(found)) expect(text.length, where).toBeGreaterThan(100)
  for (const where of ['webhook_deliveries', 'webhook_tries', 'webhook_health', 'histories'])
    expect(found[where], where).toContain(id)
  expect(found['the log']).toContain(logged)
  const [sent] = receiver.arrived.filter(({ data }) => data.external_id === customer.external_id)
  expect(sent!.headers.authorization).toBe(credential)

  const keys = secrets.map((secret) => Buffer.from(secretKey(secret)!))
  const { port } = new URL(receiver.url)
  const forbidden = [
    ...[`:${port}`, 'private-path', 'private-token', credential, Buffer.from(credential).toString('hex')],
    ...[customer.external_id, customer.name, customer.email],
    ...secrets.flatMap((secret) => [secret, secret.replace('whsec_', '')]),
    ...keys.map((key) => key.toString('hex')),
  ]
  const leaks = Object.entries(found).flatMap(([where, text]) =>
    forbidden.filter((each) => text.includes(each)).map((each) => `${where} has ${each}`),
  )
  expect(leaks).toEqual([])
})
