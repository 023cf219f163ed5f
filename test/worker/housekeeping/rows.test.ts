import { isDeepStrictEqual } from 'node:util'
import { expect, test, vi } from 'vitest'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { rotateSecret } from '../../../store/webhooks/secrets.ts'
import { startHousekeeping } from '../../../worker/housekeeping.ts'
import { until } from '../../support/until.ts'
import { createCustomerEvent, webhookWorld } from '../../support/webhooks/deliveries.ts'

const own = webhookWorld()

const operator = { actor: 'operator' } as const
const url = 'https://crm.example/hooks'

/** Starts housekeeping a minute ago. */
async function keepHouse(): Promise<void> {
  const { sql, gateways, log } = own.world
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const stop = startHousekeeping(sql, gateways, log, {
    settingDefaults: builtInSettings,
    gatewayEventRetention: 90,
  })
  vi.advanceTimersByTime(60_000)
  await stop()
  vi.useRealTimers()
}

test('idle pull endpoints, old deliveries and ended secrets are deleted; what nobody gets is skipped', async () => {
  const { sql } = own.world
  const idle = await own.hooks.endpoint(url, { kind: 'pull', url: null, idleTimeout: 60 })
  const deleted = await own.hooks.endpoint(url, { types: ['customer.*'] })
  const kept = await own.hooks.endpoint(url, { types: ['customer.*'] })
  const [old, recent] = [await createCustomerEvent(own.world), await createCustomerEvent(own.world)]
  await sql`update webhook_endpoints set created_at = now() - interval '61 seconds' where id = ${idle.id}`
  await sql`update webhook_endpoints set deleted_at = now() where id = ${deleted.id}`
  await sql`update webhook_deliveries set happened_at = now() - interval '31 days' where event_id = ${old}`
  await rotateSecret(sql, kept, own.hooks.sealing.seal(kept.id, Buffer.alloc(32)), 0, operator)
  await keepHouse()
  const left = async () => ({
    endpoints: (await sql`select id from webhook_endpoints where deleted_at is null`).map(({ id }) => id),
    deliveries: (
      await sql`
        select endpoint_id, event_id, state from webhook_deliveries
        where endpoint_id in ${sql([deleted.id, kept.id])} order by endpoint_id`
    ).map((row) => ({ ...row })),
    secrets: (await sql`select number from webhook_secrets where endpoint_id = ${kept.id}`).map(({ number }) => number),
  })
  const expected = {
    endpoints: [kept.id],
    deliveries: [
      { endpointId: deleted.id, eventId: recent, state: 'skipped' },
      { endpointId: kept.id, eventId: recent, state: 'pending' },
    ],
    secrets: [2],
  }
  await until(left, (now) => isDeepStrictEqual(now, expected))
})

test('a former webhook secret of a gateway account is deleted once it no longer verifies events', async () => {
  const { sql } = own.world
  const keys = { gateway: 'stripe', secret_key: 'sk_test_house', publishable_key: 'pk_test_house' }
  const { id } = (await own.world.asNative('POST', '/v1/gateway_accounts', keys)).body
  const rotated = await own.world.asNative('POST', `/v1/gateway_accounts/${id}/rotate`, {
    webhook_secret: 'whsec_test_of_the_house',
  })
  expect(rotated.status).toBe(200)
  const left = async () =>
    (await sql`select name, number from gateway_secrets where account_id = ${id} order by name, number`).map(
      ({ name, number }) => `${name} ${number}`,
    )
  await keepHouse()
  expect(await left()).toEqual(['secret_key 1', 'webhook_secret 1', 'webhook_secret 2'])
  await sql`update gateway_secrets set ends_at = now() where account_id = ${id} and ends_at is not null`
  await keepHouse()
  await until(left, (now) => isDeepStrictEqual(now, ['secret_key 1', 'webhook_secret 2']))
})
