import { expect, test } from 'vitest'
import { event, send, signer, withStripeEvents, world } from '../../support/api/stripe-events.ts'
import { ask } from '../../support/answer.ts'
import { payAtConnected } from '../../support/gateways/connected-account.ts'
import { until } from '../../support/until.ts'
import { untilBankAsks } from '../../support/until-bank-asks.ts'
import { readList } from '../../support/worker/event-lists.ts'

// Events of accounts that are connected to the installation's as a platform: each names its account.

withStripeEvents()

type Body = Record<string, unknown>

/** Sends an event to the endpoint for connected accounts, or to another. */
function sendConnected(body: Body, { secret = 'whsec_test_connect', path = '/webhooks/stripe/connect' } = {}) {
  const payload = JSON.stringify(body)
  const headers = {
    'Content-Type': 'application/json',
    'Stripe-Signature': signer.generateTestHeaderString({ payload, secret }),
  }
  return world.request(path, { method: 'POST', headers, body: payload })
}

/** Calls Stripe as the owner of a connected account does in the dashboard. */
const atConnected = (account: string, path: string, form: Record<string, string>) =>
  ask(`${world.simulator.url}${path}`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_test_dashboard', 'Stripe-Account': account },
    body: new URLSearchParams(form),
  })

async function connectedCustomer() {
  const [known] = await world.sql<{ id: string; vendorAccountId: string }[]>`
    select id, vendor_account_id from gateway_accounts where auth = 'connect' and status = 'active'`
  const account = known ? { id: known.id, vendor_account_id: known.vendorAccountId } : await payAtConnected(world)
  const { bc } = await world.openSetup()
  const { status } = await world.asNative('POST', `/v1/test_helpers/billing_customers/${bc}/submit`, {
    outcome: 'pays',
  })
  expect(status).toBe(200)
  await world.ended(bc)
  await world.allDelivered()
  // Events of earlier tests may have arrived again only now.
  for (const { id } of await world.sql<{ id: string }[]>`select id from billing_customers`) await world.atRest(id)
  const [charge] = (await world.ledger(bc)).charges
  return { bc, charge, ga: account.id as string, acct: account.vendor_account_id as string }
}

const received = async (id: string) =>
  (await world.sql`select account_id from gateway_events where id = ${id}`).map(({ accountId }) => accountId)

test('an event reaches the objects of the account that it names', async () => {
  const { bc, charge, ga, acct } = await connectedCustomer()
  const events =
    await world.sql`select distinct account_id from gateway_events where object_id = ${charge.payment_intent}`
  expect(events.map(({ accountId }) => accountId)).toEqual([ga])
  await atConnected(acct, '/v1/refunds', { payment_intent: charge.payment_intent })
  await until(async () => (await world.eventTypes(bc)).includes('charge.refunded'))
  expect(await world.billingCustomer(bc)).toMatchObject({ status: 'active', initial_charged: false })
})

test('with a dead endpoint, the events of a connected account are read from its own list', async () => {
  const { bc, charge, ga, acct } = await connectedCustomer()
  world.simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'none' })
  // Events younger than a minute are left to webhooks.
  await world.simulate('clock', { advance_seconds: -120 })
  await atConnected(acct, '/v1/refunds', { payment_intent: charge.payment_intent })
  await world.simulate('clock', { advance_seconds: 120 })
  await readList(world)
  expect(await world.eventTypes(bc)).not.toContain('charge.refunded')
  await readList(world, ga)
  await until(async () => (await world.eventTypes(bc)).includes('charge.refunded'))
  const found = await world.sql`select distinct account_id from gateway_events where type like '%refund%'`
  expect(found.map(({ accountId }) => accountId)).toEqual([ga])
})

test('an event that names no account here, or another environment, touches nothing', async () => {
  const { bc, charge, acct } = await connectedCustomer()
  const before = await world.eventTypes(bc)
  const refund = (id: string, more: Body) =>
    event(
      { object: 'charge', id: charge.id, payment_intent: charge.payment_intent },
      { id, type: 'charge.refunded', ...more },
    )
  const calls = async () => (await world.simulate('requests')).body.requests.length
  const calledBefore = await calls()
  for (const more of [
    { account: 'acct_1nobody' },
    { account: 'acct_sim_default' },
    {},
    { account: acct, livemode: true },
  ]) {
    const id = `evt_${JSON.stringify(more).length}_nobody`
    expect(await sendConnected(refund(id, more))).toMatchObject({ status: 200 })
    expect(await received(id)).toEqual([])
  }
  // At the platform's own endpoint: it does not concern the platform's objects.
  const misdirected = refund('evt_misdirected', { account: acct })
  expect(await send(misdirected)).toMatchObject({ status: 200 })
  expect(await calls()).toBe(calledBefore)
  expect(await world.eventTypes(bc)).toEqual(before)
})

test('the secret of another endpoint is refused, and a connected account has no address of its own', async () => {
  const { charge, acct, ga } = await connectedCustomer()
  const refund = event({ object: 'charge', id: charge.id, payment_intent: charge.payment_intent }, { account: acct })
  expect((await sendConnected(refund, { secret: 'whsec_test_only' })).status).toBe(400)
  expect((await sendConnected(refund, { path: '/webhooks/stripe' })).status).toBe(400)
  for (const secret of ['whsec_test_only', 'whsec_test_connect'])
    expect((await sendConnected(refund, { secret, path: `/webhooks/stripe/${ga}` })).status).toBe(400)
})

test('an object of a connected account does not exist at the platform', async () => {
  const { charge, ga } = await connectedCustomer()
  const handle = { kind: 'payment', id: charge.payment_intent } as never
  expect(await (await world.gateways.of(ga)).read(handle)).toMatchObject({ state: 'paid', amount: 1500 })
  const platform = await world.gateways.of('ga_stripe_sandbox')
  await expect(platform.read(handle)).rejects.toMatchObject({ kind: 'not_found' })
})

test('disconnected while the bank asks: nothing counts as gone; connected again, the payment ends', async () => {
  const { ga, acct } = await connectedCustomer()
  const { bc, page } = await world.openSetup()
  await world.asNative('POST', `/v1/test_helpers/billing_customers/${bc}/submit`, { outcome: 'requires_action' })
  const intent = await untilBankAsks(world, page)
  await world.simulate('deauthorize', { account: acct })
  await world.allDelivered()
  const account = () => world.asNative('GET', `/v1/gateway_accounts/${ga}`)
  expect((await account()).body).toMatchObject({
    status: 'disabled',
    problem: 'the account was disconnected from the platform at the gateway',
  })
  await world.simulate('authenticate', { payment_intent: intent, outcome: 'succeed' })
  await page.actionCompleted()
  const waits = await until(
    () => world.billingCustomer(bc),
    ({ needs_person }) => needs_person !== null,
  )
  expect(waits).toMatchObject({ status: 'pending', needs_person: { reason: 'gateway_refused' } })
  const [object] = await world.sql`select state from payment_objects where object_id = ${intent}`
  expect(object).toEqual({ state: 'open' })
  await world.simulate('authorize', { account: acct })
  expect((await world.asNative('POST', `/v1/gateway_accounts/${ga}/activate`)).body).toMatchObject({ status: 'active' })
  await world.asNative('POST', `/v1/billing_customers/${bc}/retry`)
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('an event that names an account in a form that no account has is rejected', async () => {
  for (const account of [`acct_\0`, 5, ['acct_1'], 'a'.repeat(300)]) {
    const { status } = await sendConnected(event({ object: 'account', id: 'acct_1' }, { account }))
    expect([account, status]).toEqual([account, 400])
  }
})
