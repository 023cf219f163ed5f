import { expect, test } from 'vitest'
import { insertTenantEvent } from '../../store/events/events.ts'
import { readProbe } from '../../store/webhooks/deliveries/deliveries.ts'
import { forgetSecrets } from '../../store/webhooks/forget.ts'
import { readSealedCredentials, rotateSecret } from '../../store/webhooks/secrets.ts'
import { addPending, clearPending, deliveriesRead } from '../support/webhooks/backlog.ts'
import { webhookWorld } from '../support/webhooks/deliveries.ts'

const own = webhookWorld()

const url = 'http://127.0.0.1:9/hooks'
const operator = { actor: 'operator' } as const

const pending = (endpointId: string, customers: number, eventsOfEach: number) =>
  addPending(own, endpointId, { customers, eventsOfEach })
const clear = () => clearPending(own)
const rowsRead = (endpointId: string) => deliveriesRead(own, (sql) => readProbe(sql, endpointId))

test('a probe reads a row per billing customer, however much is pending', async () => {
  const few = await own.hooks.endpoint(url, { types: ['webhook_endpoint.test'] })
  await pending(few.id, 20, 1_000)
  await own.world.sql`analyze webhook_deliveries`
  expect(await rowsRead(few.id)).toBeLessThan(100)
  await clear()
  const many = await own.hooks.endpoint(url, { types: ['webhook_endpoint.test'] })
  await pending(many.id, 10_000, 2)
  await own.world.sql`analyze webhook_deliveries`
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
