import { expect, test } from 'vitest'
import { commands } from '../../admin/commands.ts'
import { asLines, usageOf } from '../../admin/usage.ts'
import { builtInSettings } from '../../domain/tenant/settings.ts'
import { createCustomerEvent, webhookWorld } from '../support/webhooks/deliveries.ts'

const own = webhookWorld()

const url = 'https://crm.example/hooks?token=very-private'
const run = (command: string, options: Record<string, string> = {}) => own.world.admin(`webhook-${command}`, options)
const refusal = (command: string, options: Record<string, string>) =>
  own.world.admin(command, options).then(
    (answer) => `taken: ${JSON.stringify(answer)}`,
    ({ param, message }: { param?: string; message: string }) => `${param}: ${message}`,
  )
const troubled = async () => ((await own.world.admin('webhooks', {})).rows as { id: string }[]).map(({ id }) => id)
const actors = (id: string) =>
  own.world.sql<{ type: string; actor: string }[]>`
    select type, actor from events
    where data ->> 'webhook_endpoint_id' = ${id} and actor like 'operator A%' order by id`

const customer = () => createCustomerEvent(own.world)

test('endpoints are listed and shown with their health, without the URL', async () => {
  const { id } = await own.hooks.endpoint(url, { types: ['customer.*'], description: 'CRM' })
  await customer()
  const tenant = { organization: own.world.seeds.org_id, environment: 'sandbox' }
  const listed = (await own.world.admin('list-webhook-endpoints', tenant)) as { rows: Record<string, unknown>[] }
  const shown = await own.world.admin('show-webhook-endpoint', { endpoint: id })
  expect(shown).toEqual(listed.rows.find((row) => row.id === id))
  expect(shown).toMatchObject({ host: 'crm.example', description: 'CRM', health: 'healthy', pending: 1 })
  expect(asLines(listed)).not.toContain('very-private')
  expect(await refusal('list-webhook-endpoints', { ...tenant, organization: 'org_none' })).toMatch(/^--organization: /)
  for (const name of ['show-webhook-endpoint', 'webhook-retry', 'webhook-disable', 'webhook-enable'])
    expect(await refusal(name, { endpoint: 'we_none' }), name).toBe('--endpoint: Webhook endpoint not found')
})

test('webhooks lists what is failing, disabled or behind, and nothing that is well', async () => {
  const [well, failing, behind, disabled] = [
    await own.hooks.endpoint(url, { types: ['charge.*'] }),
    await own.hooks.endpoint(url, { types: ['charge.*'] }),
    await own.hooks.endpoint(url, { types: ['customer.*'] }),
    await own.hooks.endpoint(url, { types: ['charge.*'] }),
  ]
  await customer()
  expect(await troubled()).not.toEqual(expect.arrayContaining([behind.id]))
  await own.world
    .sql`update webhook_deliveries set due_at = now() - interval '2 minutes' where endpoint_id = ${behind.id}`
  await own.world.sql`
    update webhook_health set state = 'failing', failing_since = now(), wake_at = now()
    where endpoint_id = ${failing.id}`
  await run('disable', { endpoint: disabled.id, operator: 'Ada' })
  const found = await troubled()
  expect(found[0]).toBe(failing.id)
  expect(found).toEqual(expect.arrayContaining([failing.id, behind.id, disabled.id]))
  expect(found).not.toContain(well.id)
})

test('webhooks makes as many queries for many endpoints as for one', async () => {
  const queries = async () => {
    let count = 0
    const database = new Proxy(own.world.sql, {
      apply(sql, self, args: unknown[]) {
        count++
        return Reflect.apply(sql as unknown as (...all: unknown[]) => unknown, self, args)
      },
    })
    const { rows } = await commands['webhooks']!.run({ database, settingDefaults: builtInSettings }, {})
    return { rows: (rows as unknown[]).length, count }
  }
  const disable = async () => run('disable', { endpoint: (await own.hooks.endpoint(url)).id })
  await disable()
  const before = await queries()
  for (let i = 0; i < 3; i++) await disable()
  expect(await queries()).toEqual({ rows: before.rows + 3, count: before.count })
})

test('an endpoint is disabled, enabled without catching up, and retried, by a named operator', async () => {
  const { id: endpoint } = await own.hooks.endpoint(url, { types: ['customer.*'] })
  await customer()
  expect(await run('disable', { endpoint, operator: 'Ada' })).toMatchObject({
    status: 'disabled',
    disabled_because: 'operator',
  })
  expect(await refusal('webhook-retry', { endpoint })).toBe('--endpoint: is disabled; enable it first')
  const enabled = await run('enable', { endpoint, 'catch-up': 'false', operator: 'Ada' })
  expect(enabled).toMatchObject({ status: 'enabled', pending: 0 })
  expect([...(await own.hooks.states(endpoint))]).toEqual([{ state: 'skipped', count: 1 }])
  await own.world.sql`
    update webhook_health set state = 'failing', failing_since = now(), retry_at = now() + interval '1 hour',
      wake_at = now() + interval '1 hour'
    where endpoint_id = ${endpoint}`
  expect(await run('retry', { endpoint })).toMatchObject({ health: 'failing' })
  const [health] = await own.world
    .sql`select wake_at <= now() as due from webhook_health where endpoint_id = ${endpoint}`
  expect(health).toEqual({ due: true })
  expect([...(await actors(endpoint))]).toEqual([
    { type: 'webhook_endpoint.disabled', actor: 'operator Ada' },
    { type: 'webhook_endpoint.enabled', actor: 'operator Ada' },
  ])
})

test('webhook-redeliver sends one event, or a period, again', async () => {
  const { id: endpoint } = await own.hooks.endpoint(url, { types: ['customer.*'] })
  const [first, second] = [await customer(), await customer()]
  const end = () =>
    own.world.sql`update webhook_deliveries set state = 'failed', done_at = now() where endpoint_id = ${endpoint}`
  await end()
  expect(await run('redeliver', { endpoint, event: first, operator: 'Ada' })).toEqual({ endpoint, count: 1 })
  expect([...(await own.hooks.states(endpoint))]).toMatchObject([{ state: 'failed' }, { state: 'pending', count: 1 }])
  await end()
  const from = new Date(Date.now() - 3_600_000).toISOString()
  const period = { endpoint, from, types: 'customer.created,charge.*', states: 'failed', operator: 'Ada' }
  expect(await run('redeliver', period)).toEqual({ endpoint, count: 2 })
  expect([...(await own.hooks.states(endpoint))]).toEqual([{ state: 'pending', count: 2 }])
  expect((await actors(endpoint)).map(({ type }) => type)).toEqual(Array(2).fill('webhook_endpoint.redelivered'))
  expect(await refusal('webhook-redeliver', { endpoint, event: second.replace(/.{8}$/, '00000000') })).toMatch(
    /^--event: Delivery not found/,
  )
})

test.each([
  [{}, '--from: is required without --event'],
  [{ from: 'yesterday' }, '--from: must be an RFC 3339 time'],
  [{ from: '2026-01-02T00:00:00Z', before: '2026-01-01T00:00:00Z' }, '--before: must be after --from'],
  [{ from: '2026-01-01T00:00:00Z', states: 'pending' }, '--states: must be one of'],
  [{ from: '2026-01-01T00:00:00Z', types: 'charge.payed' }, '--types: is not a type of event'],
])('webhook-redeliver refuses %j', async (options: Record<string, string>, message) => {
  const { id: endpoint } = await own.hooks.endpoint(url, { types: ['charge.*'] })
  expect(await refusal('webhook-redeliver', { endpoint, ...options })).toContain(message)
  await own.world.sql`update webhook_endpoints set deleted_at = now() where id = ${endpoint}`
})

test('the help of webhook-redeliver shows which options can be omitted', () => {
  const usage = usageOf('webhook-redeliver', commands['webhook-redeliver']!)
  expect(usage).toContain('--endpoint <we_…> [--event <evt_…>] [--from <time>] [--before <time>]')
  expect(usage).toContain('[--states <state,state>] [--types <type,type>] [--backfill <true|false>]')
})
