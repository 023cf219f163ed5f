import { expect, test } from 'vitest'
import { chargesAtVendors } from '../support/payments/charges-at-vendors.ts'
import { withFrozenWorker, scenarios, world, outcomes } from '../support/worker/frozen-worker.ts'

// A worker is frozen during a call or an activation, another worker takes over its work, and the event of the scenario
// happens. Then the first worker resumes. All scenarios share the two workers.

withFrozenWorker()

const titles = scenarios.map(({ pays, call, when, meanwhile }, number): [string, number] => [
  `${call} by ${pays}, ${when} it took effect; meanwhile ${meanwhile}`,
  number,
])

/** Returns the records of both gateways for a customer, and which wallets and cards of the onboarding still exist. */
async function ledgersOf(bc: string) {
  const charges = await chargesAtVendors(world, bc)
  const methods = await world.sql<{ id: string }[]>`
    select a.method_id as id from payment_attempts a join onboardings o on o.id = a.onboarding_id
      where o.billing_customer_id = ${bc} and a.method_id is not null
    union select p.method_id from payment_objects p join onboardings o on o.id = p.onboarding_id
      where o.billing_customer_id = ${bc} and p.method_id is not null`
  const there = [await world.simulate('ledger'), await world.simulatePayPal('ledger')].flatMap(({ body }) =>
    body.payment_methods.filter(({ customer }: { customer: unknown }) => customer),
  )
  return {
    standing: charges.filter(({ amount, refunded_amount }) => refunded_amount < amount).map(({ amount }) => amount),
    returned: charges.filter(({ amount, refunded_amount }) => refunded_amount === amount).length,
    methods: methods.filter(({ id }) => there.some((method: { id: string }) => method.id === id)).length,
  }
}

test.each(titles)('frozen in the %s', async (_, number) => {
  const scenario = scenarios[number]!
  const outcome = outcomes[number]!
  if (outcome.status === 'rejected') throw outcome.reason
  const { bc } = outcome.value
  const { meanwhile, call, when } = scenario
  const completed = meanwhile === 'completed' || meanwhile === 'waived'
  const charged =
    meanwhile === 'canceled' && (call === 'refund' || call === 'activation' || (call === 'confirm' && when === 'after'))
  expect(await ledgersOf(bc)).toEqual({
    standing: meanwhile === 'completed' ? [1500] : [],
    returned: charged ? 1 : 0,
    methods: completed ? 1 : 0,
  })
  const customer = await world.billingCustomer(bc)
  expect([customer.status, customer.onboarding.status]).toEqual(
    completed ? ['active', 'completed'] : ['pending', meanwhile],
  )
  expect((await world.edge('getEnrollments', { billing_customer_id: bc })).body.count).toBe(completed ? 1 : 0)
  const open = await world.sql`
    select p.k from payment_objects p join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc} and p.state in ('creating', 'open')`
  expect(open).toEqual([])
  await expectNoOpenPayment(bc)
  const types = { canceled: 'OnboardingCanceled', expired: 'OnboardingExpired' } as Record<string, string>
  expect(await world.closedRunsOf(bc)).toMatchObject([
    completed ? { status: 'COMPLETED' } : { status: 'FAILED', type: types[meanwhile] },
  ])
})

/** Expects that every intent at Stripe is paid or can never be paid. */
async function expectNoOpenPayment(bc: string): Promise<void> {
  const intents = await world.sql<{ id: string }[]>`
    select p.object_id as id from payment_objects p join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc} and p.kind = 'payment' and p.gateway = 'stripe' and p.object_id is not null`
  for (const { id } of intents) {
    const { body } = await world.request(`${world.simulator.url}/v1/payment_intents/${id}`, {
      headers: { Authorization: 'Bearer sk_test_world' },
    })
    expect(['canceled', 'succeeded']).toContain(body.status)
  }
}
