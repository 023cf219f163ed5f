import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
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

test('whatever is asked of an onboarding that is ending says when to ask again', async () => {
  const { body } = await world.asNative('POST', '/v1/billing_customers', { contact_id: world.newContact() })
  await world.sql`update onboardings set closing = 'canceled', wake_at = now() + interval '1 hour'
    where id = ${body.onboarding.id}`
  const asked = {
    waive_initial_charge: { reason: 'a test' },
    initial_amount: { amount: 2000, reason: 'a test' },
    setup_link: { page: { locale: 'de' } },
  }
  for (const [command, request] of Object.entries(asked)) {
    const refused = await world.asNative('POST', `/v1/billing_customers/${body.id}/${command}`, request)
    expect([refused.status, refused.body.code], command).toEqual([409, 'onboarding_closing'])
    expect(refused.headers.get('Retry-After'), command).toBe('5')
  }
})

/** As ending the onboarding leaves an attempt that was not sent yet. */
async function endBeforeSending(contact: string): Promise<void> {
  const find = () => world.sql`
    select a.onboarding_id from payment_attempts a join onboardings o on o.id = a.onboarding_id
    join billing_customers b on b.id = o.billing_customer_id join customers c on c.id = b.customer_id
    where c.external_id = ${contact} and a.closed_at is null`
  await until(async () => (await find()).length === 1)
  const [attempt] = await find()
  await world.sql`update payment_attempts set state = 'void', code = 'onboarding_ended', closed_at = now()
    where onboarding_id = ${attempt!.onboardingId}`
}

const payment_data = { pm_id: 'pm_card_visa' }

test.each([
  ['native', (contact_id: string) => world.asNative('POST', '/v1/billing_customers', { contact_id, payment_data })],
  ['edge', (contact_id: string) => world.edge('createCustomer', { contact_id, payment_data })],
  [
    'replacement',
    async (contact_id: string) => {
      const active = { contact_id, require_initial: false }
      const { body } = await world.asNative('POST', '/v1/billing_customers', active)
      return world.asNative('POST', `/v1/billing_customers/${body.id}/payment_method`, { payment_data })
    },
  ],
  [
    'form',
    async (contact_id: string) => {
      const { body } = await world.edge('setupPaymentMethod', { contact_id })
      const { billing_customer_id, client_secret } = body.data
      world.secrets.add(client_secret)
      await world.simulate('confirm_setup', { client_secret, payment_method: 'pm_card_visa' })
      return world.edge('confirmPaymentMethod', { billing_customer_id, gateway: 'stripe' })
    },
  ],
] as const)('%s: a good card is not called unusable if the onboarding ends while it waits', async (_, submit) => {
  const contact = world.newContact()
  const [answer] = await Promise.all([submit(contact), endBeforeSending(contact)])
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([409, expect.stringContaining('is closing')])
  expect(answer.headers.get('Retry-After')).toBe('5')
})
