import { expect, test } from 'vitest'
import { insertTenantEvent } from '../../store/events/events.ts'
import { readProbe } from '../../store/webhooks/deliveries.ts'
import { forgetSecrets } from '../../store/webhooks/forget.ts'
import { readSealedCredentials, rotateSecret } from '../../store/webhooks/secrets.ts'
import { webhookWorld } from '../support/webhooks/deliveries.ts'

const own = webhookWorld()

const url = 'http://127.0.0.1:9/hooks'
const operator = { actor: 'operator' } as const

const clear = async () => {
  await own.world.sql`delete from webhook_deliveries`
  await own.world.sql`delete from events where billing_customer_id like 'bc_0%'`
}

/** Events of billing customers `bc_1` … that are pending for an endpoint, the earlier ones longer. */
async function pending(endpointId: string, customers: number, eventsOfEach: number): Promise<void> {
  await own.world.sql.begin(async (sql) => {
    // Deliveries refer to events; these are not about any customer that exists.
    await sql`set local session_replication_role = replica`
    await sql`
      insert into webhook_deliveries (endpoint_id, event_id, billing_customer_id, sequence, happened_at, due_at)
      select ${endpointId}, format('evt_%s_%s', c, n), format('bc_%s', lpad(c::text, 6, '0')), n, now(),
        now() - interval '1 hour' + (c * ${eventsOfEach} + n) * interval '1 ms'
      from generate_series(1, ${customers}) c, generate_series(1, ${eventsOfEach}) n`
    await sql`
      insert into events (id, organization_id, environment, billing_customer_id, sequence, type, actor, data)
      select event_id, ${own.hooks.tenant.organizationId}, 'sandbox', billing_customer_id, sequence, 'charge.succeeded',
        'system', '{}' from webhook_deliveries where endpoint_id = ${endpointId} on conflict do nothing`
  })
  await own.world.sql`analyze webhook_deliveries`
}

/** The deliveries that a probe reads. */
const rowsRead = (endpointId: string) =>
  own.world.sql.begin(async (sql) => {
    const count = async () => {
      const [row] = await sql<[{ read: number }]>`
        select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::float8 as read
        from pg_stat_xact_user_tables where relname = 'webhook_deliveries'`
      return row.read
    }
    const before = await count()
    await readProbe(sql, endpointId)
    return (await count()) - before
  })

test('a probe reads a row per billing customer, however much is pending', async () => {
  const few = await own.hooks.endpoint(url, { types: ['webhook_endpoint.test'] })
  await pending(few.id, 20, 1_000)
  expect(await rowsRead(few.id)).toBeLessThan(100)
  await clear()
  const many = await own.hooks.endpoint(url, { types: ['webhook_endpoint.test'] })
  await pending(many.id, 10_000, 2)
  expect(await rowsRead(many.id)).toBeLessThan(3_000)
  await clear()
})

test('a probe is the first event of the billing customer that was tried least, or an event without one', async () => {
  const { id } = await own.hooks.endpoint(url, { types: ['settings.changed'] })
  await pending(id, 3, 2)
  const probe = async () => (await readProbe(own.world.sql, id))?.eventId
  const tried = (eventId: string) =>
    own.world.sql`update webhook_deliveries set tries = tries + 1 where endpoint_id = ${id} and event_id = ${eventId}`
  const probes: unknown[] = []
  for (let i = 0; i < 4; i++) {
    probes.push(await probe())
    await tried((await probe())!)
  }
  expect(probes).toEqual(['evt_1_1', 'evt_2_1', 'evt_3_1', 'evt_1_1'])
  await own.world.sql.begin((sql) =>
    insertTenantEvent(sql, own.hooks.tenant, {
      type: 'settings.changed',
      actor: 'api',
      data: { changed: ['gateways'] },
    }),
  )
  expect(await probe()).toMatch(/^evt_[a-z0-9]{26}$/)
  await clear()
  expect(await probe()).toBeUndefined()
})

test('housekeeping deletes secrets whose overlap has ended, and no other', async () => {
  const endpoint = await own.hooks.endpoint(url)
  const rotate = async (overlap: number) =>
    rotateSecret(own.world.sql, endpoint, own.hooks.sealing.seal(endpoint.id, Buffer.alloc(32)), overlap, operator)
  const numbers = async () =>
    (await own.world.sql`select number from webhook_secrets where endpoint_id = ${endpoint.id} order by 1`).map(
      ({ number }) => number,
    )
  await rotate(0)
  await rotate(3_600)
  expect(await numbers()).toEqual([1, 2, 3])
  await forgetSecrets(own.world.sql)
  expect(await numbers()).toEqual([2, 3])
  expect((await readSealedCredentials(own.world.sql, endpoint.id)).secrets).toHaveLength(2)
  await rotate(60)
  expect(await numbers()).toEqual([2, 3, 4])
})
