import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  // Without a worker an onboarding that is being ended stays so.
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

test('a repeat while the onboarding is ending returns no link, at any door', async () => {
  const customer_id = `usr_${randomUUID()}`
  const { body } = await world.asNative('POST', '/v1/billing_customers', { customer_id })
  await world.sql`update onboardings set closing = 'canceled', wake_at = now() + interval '1 hour'
    where id = ${body.onboarding.id}`
  const native = await world.asNative('POST', '/v1/billing_customers', { customer_id })
  expect([native.status, native.body.code, native.body.param]).toEqual([409, 'onboarding_closing', 'customer_id'])
  expect(native.headers.get('Retry-After')).toBe('5')
  for (const action of ['createCustomer', 'buildCustomerProfileSetup', 'setupPaymentMethod']) {
    const refused = await world.edge(action, { contact_id: customer_id })
    expect([refused.status, refused.body.errors?.[0]], action).toEqual([
      409,
      expect.stringMatching(/^contact_id: .*is closing/),
    ])
  }
})
