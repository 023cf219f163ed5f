import { afterAll, beforeAll, expect, test } from 'vitest'
import { whatToDo, type PersonReason } from '../../domain/onboarding/person-reasons.ts'
import { rejectPayments } from '../support/payments/reject-payments.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// Reasons for a person that come of a fault in the service or its database. `test/repository/person-reasons.test.ts`
// names the tests of the others.

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

const declines = '4000000000000002'

/** Waits until an operator is needed. Expects the reason in the API, the admin list, the events and Temporal UI. */
async function expectPerson(bc: string, reason: PersonReason): Promise<void> {
  const { needs_person } = await until(
    () => world.billingCustomer(bc),
    // The call reads the onboarding first.
    (read) => read.onboarding.blocked_on === 'operator',
  )
  expect(needs_person).toEqual({ reason, what_to_do: whatToDo(reason), charge_id: null })
  const listed = await world.admin('needs-person', { 'billing-customer': bc })
  expect(listed).toEqual({ [bc]: { billing_customer: bc, reason, what_to_do: whatToDo(reason) } })
  expect(await world.reasonsForPerson(bc)).toEqual([reason])
  await world.listed(`BlockedOn = 'operator' AND BillingCustomerId = '${bc}'`)
  const [run] = await world.runsOf(bc)
  const metadata = (await run!.handle.query('__temporal_workflow_metadata')) as { currentDetails: string }
  expect(metadata.currentDetails).toContain(`Waiting for: **operator** (\`${reason}\`), since `)
  expect(metadata.currentDetails).toContain(`What to do: ${whatToDo(reason)}`)
}

/** A declined card whose object is dead in the record, although its charge is not: no step writes that. */
async function openWithHalfBuriedObject() {
  const { bc, page } = await world.openSetup()
  await page.submitCard(declines)
  await until(async () => !(await page.progress()).body.paying)
  await world.sql`
    update payment_objects set state = 'dead', closed_at = now()
    where onboarding_id in (select id from onboardings where billing_customer_id = ${bc})`
  return { bc, page }
}
const settleCharge = (bc: string) =>
  world.sql`update charges set state = 'canceled' where billing_customer_id = ${bc} and state = 'open'`

test('a step that fails for an unexpected reason is step_failed, and continues once the cause is fixed', async () => {
  const { bc, page } = await world.openSetup()
  const { onboarding } = await world.billingCustomer(bc)
  const permit = await rejectPayments(world, onboarding.id)
  await page.submitCard()
  await expectPerson(bc, 'step_failed')
  await permit()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
})

test('a step that finds nothing to do repeatedly is no_progress, and continues once the record is right', async () => {
  const { bc, page } = await openWithHalfBuriedObject()
  expect((await page.submitCard()).status).toBe(202)
  await expectPerson(bc, 'no_progress')
  expect((await world.ledger(bc)).charges).toEqual([])
  await settleCharge(bc)
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
})

test('an onboarding that is canceled while a charge is not settled is cannot_end, and ends once it is', async () => {
  const { bc } = await openWithHalfBuriedObject()
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'by phone' })
  await expectPerson(bc, 'cannot_end')
  await settleCharge(bc)
  expect(await world.ended(bc)).toBe('canceled')
  expect((await world.ledger(bc)).charges).toEqual([])
})

test('an onboarding that waits for an operator since a version without reasons is blocked', async () => {
  const { bc } = await world.openSetup()
  await world.sql`
    update onboardings set blocked_on = 'operator', blocked_reason = null where billing_customer_id = ${bc}`
  const { needs_person } = await world.billingCustomer(bc)
  expect(needs_person).toEqual({ reason: 'blocked', what_to_do: whatToDo('blocked'), charge_id: null })
  expect(Object.values(await world.admin('needs-person', { 'billing-customer': bc }))).toMatchObject([
    { billing_customer: bc, reason: 'blocked' },
  ])
})
