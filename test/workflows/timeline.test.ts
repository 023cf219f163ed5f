import { defaultPayloadConverter } from '@temporalio/common'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { whatToDo } from '../../domain/onboarding/person-reasons.ts'
import { rejectPayments } from '../support/payments/reject-payments.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// What an operator reads in Temporal UI: the summaries of the timeline, and the details of the run.

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterEach(async () => {
  await world.clearFaults()
})
afterAll(() => world.close())

const time = String.raw`(\d+ \w{3}( \d{4})?, )?\d\d:\d\d(:\d\d)? UTC`

/** Returns the summaries of the timers and activities of the newest run, in their order. */
async function timeline(bc: string): Promise<string[]> {
  const run = (await world.runsOf(bc)).at(-1)!
  const { events } = await run.handle.fetchHistory()
  return events!.flatMap(({ userMetadata }) =>
    userMetadata?.summary ? [defaultPayloadConverter.fromPayload<string>(userMetadata.summary)] : [],
  )
}

async function detailsOf(bc: string): Promise<string> {
  const run = (await world.runsOf(bc)).at(-1)!
  const metadata = await run.handle.query('__temporal_workflow_metadata')
  return (metadata as { currentDetails: string }).currentDetails
}

test('a decline is told by the wait that follows it, with its code, and the next payment by its number', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000000000009995')
  const told = await until(
    () => timeline(bc),
    (summaries) => summaries.some((summary) => summary.includes('declined')),
  )
  // The payment is read once more, after the wait, when the events of the gateway arrive.
  const wait = /^wait for the customer: 1 declined \(insufficient_funds\), (reminder|expires) (on )?\d+ \w{3}/
  expect(told.find((summary) => summary.includes('declined'))).toMatch(wait)
  const details = await detailsOf(bc)
  expect(details).toContain('→ Payment method submitted: **waiting**, 1 attempt, 1 declined, last `insufficient_funds`')
  expect(details).toContain(`[API record](https://pay.example/v1/billing_customers/${bc})`)
  expect(details).toMatch(/\[Stripe `(pi_\w+)`\]\(https:\/\/dashboard\.stripe\.com\/test\/payments\/\1\)/)
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect(await timeline(bc)).toContain('take the payment: attempt 2')
})

test('a block is told with its reason and the next try', async () => {
  const { bc, page } = await world.openSetup()
  const { onboarding } = await world.billingCustomer(bc)
  const permit = await rejectPayments(world, onboarding.id)
  await page.submitCard()
  const wait = new RegExp(`^wait for the operator: step_failed, next try ${time}$`)
  await until(
    () => timeline(bc),
    (summaries) => summaries.some((summary) => wait.test(summary)),
  )
  const details = await detailsOf(bc)
  expect(details).toMatch(new RegExp(`Waiting for: \\*\\*operator\\*\\* \\(\`step_failed\`\\), since ${time}`))
  expect(details).toContain(`What to do: ${whatToDo('step_failed')}`)
  expect(details).toContain('docs/operations.md#when-an-operator-is-needed')
  await permit()
  expect(await world.ended(bc)).toBe('completed')
})

test('an outage is told with its cause', async () => {
  const { bc, page } = await world.openSetup()
  await world.fault('/v1/payment_intents', 'error_before', { times: 100 })
  await page.submitCard()
  const wait = new RegExp(`^wait for the gateway: the gateway does not answer, next try ${time}$`)
  await until(
    () => timeline(bc),
    (summaries) => summaries.some((summary) => wait.test(summary)),
  )
  await world.clearFaults()
  expect(await world.ended(bc)).toBe('completed')
})

test('a refund is told by the step that makes it, and the failure of the run has no stack trace', async () => {
  const { bc, page } = await world.openSetup()
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  await page.submitCard()
  await bank.reached()
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'customer changed their mind' })
  await bank.release()
  expect(await world.ended(bc)).toBe('canceled')
  const [run] = await world.closedRunsOf(bc)
  expect(await timeline(bc)).toContain('close the payment, undo its effects: canceled, refund 15.00 USD')
  const { events } = await run!.handle.fetchHistory()
  const { failure } = events!.at(-1)!.workflowExecutionFailedEventAttributes!
  expect(failure).toMatchObject({ message: 'the onboarding was canceled', stackTrace: '' })
  expect(await detailsOf(bc)).toContain('✗ Billing customer active: **failed**')
})
