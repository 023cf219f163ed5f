import { expect, test } from 'vitest'
import { untilAnswered } from '../../../support/answer.ts'
import { until } from '../../../support/until.ts'
import { withOwnForm, world, setUp, enter, confirm } from '../../../support/api/own-form.ts'

// The caller's own form: declines, and banks that ask the customer.

withOwnForm()

test('a decline on the form or of the charge returns 402; a repeat tries nothing; another card pays', async () => {
  const { bc, contact, data } = await setUp()
  await enter(data.client_secret, 'pm_card_visa_chargeDeclinedInsufficientFunds')
  const onForm = await confirm(bc)
  expect([onForm.status, onForm.body]).toEqual([
    402,
    { status: 'error', errors: [expect.stringContaining('insufficient funds')], billing_customer_id: bc },
  ])
  await enter(data.client_secret, 'pm_card_chargeCustomerFail')
  const atCharge = await confirm(bc)
  expect([atCharge.status, (await world.billingCustomer(bc)).status]).toEqual([402, 'pending'])
  const again = await confirm(bc)
  expect([again.status, again.body]).toEqual([402, atCharge.body])
  expect(
    await world.sql`
    select state from payment_attempts a join onboardings o on o.id = a.onboarding_id
      where o.billing_customer_id = ${bc}`,
  ).toEqual([{ state: 'declined' }, { state: 'declined' }])
  const next = await setUp(contact)
  expect(next.data.setup_intent_id).not.toBe(data.setup_intent_id)
  expect((await confirm(bc)).status).toBe(409)
  await enter(next.data.client_secret)
  expect((await confirm(bc)).body.data.bc_status).toBe('active')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('two calls, one of which reads the form late: a declined card is tried once', async () => {
  const { bc, data } = await setUp()
  await enter(data.client_secret, 'pm_card_chargeCustomerFail')
  const reading = await world.hold(`/v1/setup_intents/${data.setup_intent_id}`, 'GET')
  const late = untilAnswered(() => confirm(bc))
  await reading.reached()
  const first = await confirm(bc)
  await reading.release()
  expect([first.status, (await late).status]).toEqual([402, 402])
  expect(
    await world.sql`
    select 1 from payment_attempts a join onboardings o on o.id = a.onboarding_id where o.billing_customer_id = ${bc}`,
  ).toHaveLength(1)
})

test('a bank asks at the charge: 200, pending, with a link; confirmed there it completes', async () => {
  const { bc, data } = await setUp()
  await enter(data.client_secret, 'pm_card_authenticationRequired')
  expect((await confirm(bc)).body.data).toMatchObject({ bc_status: 'pending', requires_action: true })
  await world.simulate('authenticate', { setup_intent: data.setup_intent_id, outcome: 'succeed' })
  const { status, body } = await until(
    () => confirm(bc),
    ({ body }) => body.data?.requires_action === true,
  )
  expect([status, body.data.bc_status, body.data.revenue_id]).toEqual([200, 'pending', null])
  const page = world.pageOf(body.data.setup_url)
  const { body: progress } = await until(
    () => page.progress(),
    ({ body }) => body.action !== undefined,
  )
  world.secrets.add(progress.action.client_secret)
  const payment_intent = progress.action.client_secret.split('_secret_')[0]
  await world.simulate('authenticate', { payment_intent, outcome: 'succeed' })
  await page.actionCompleted()
  expect(await world.ended(bc)).toBe('completed')
  expect((await confirm(bc)).body.data).toMatchObject({ bc_status: 'active', gateway: 'stripe' })
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})
