import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

test('a contact goes from unknown to active, charged once and enrolled', async () => {
  const { bc, page } = await world.openSetup()
  expect((await page.submitCard()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')

  const ledger = await world.ledger(bc)
  expect(ledger.charges).toMatchObject([{ amount: 1500, currency: 'usd', status: 'succeeded', refunded_amount: 0 }])
  const { body: customer } = await world.edge('getCustomer', { bc_id: bc })
  expect(customer.data).toMatchObject({
    bc_status: 'active',
    bc_initial_charged: 1,
    bc_payment_data: { pm_label: 'Visa •••• 4242' },
  })
  const { body: enrollments } = await world.edge('getEnrollments', { billing_customer_id: bc })
  expect(enrollments.data).toMatchObject([{ ts_billable_item_id: world.seeds.item_id, ts_status: 'active' }])
  expect(await world.eventTypes(bc)).toEqual([
    'billing_customer.created',
    'billing_customer.setup_started',
    'charge.succeeded',
    'billing_customer.activated',
    'billing_customer.enrolled',
    'onboarding.completed',
  ])
})

test('a declined card, then a valid one: one charge', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000000000000002')
  await expect.poll(async () => (await page.progress()).body.steps[1].message).toContain('declined')
  expect((await page.submitCard()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

async function completedRun() {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  const runs = await world.closedRunsOf(bc)
  expect(runs).toMatchObject([{ status: 'COMPLETED' }])
  return runs[0]!.handle
}

test('the run completes with the checklist in its details and at most 22 events', async () => {
  // The gateway's event about the payment signals a run that is still recording it.
  world.simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'none' })
  const run = await completedRun()
  const metadata = (await run.query('__temporal_workflow_metadata')) as { currentDetails: string }
  expect(metadata.currentDetails).toContain('✓ Initial charge: **done**')
  // The least of some runs: a step that is slow on a busy machine is repeated as a regular activity.
  const lengths = [(await run.describe()).historyLength]
  while (lengths.length < 3 && lengths.at(-1)! > 22)
    lengths.push((await (await completedRun()).describe()).historyLength)
  expect(Math.min(...lengths)).toBeLessThanOrEqual(22)
})

test('an organization with yen can onboard; an amount that yen cannot express is rejected', async () => {
  const { id: organization } = (await world.admin('create-organization', { name: 'Yen', currency: 'JPY' })) as {
    id: string
  }
  const { id: brand_id } = (await world.admin('create-brand', { organization, name: 'Yen' })) as { id: string }
  const { key: secret } = (await world.admin('create-key', { organization, environment: 'sandbox', scopes: '*' })) as {
    key: string
  }
  world.secrets.add(secret)
  const contact_id = world.newContact()
  const own = { api_key: secret, org_id: organization, brand_id, contact_id }
  const wrong = await world.edge('createCustomer', { ...own, initial_amount: 2200.5 })
  expect([wrong.status, wrong.body.errors[0]]).toEqual([
    400,
    expect.stringMatching(/^initial_amount: must be an amount in JPY, such as /),
  ])
  const { body } = await world.edge('createCustomer', { ...own, initial_amount: 3000 })
  await world.pageOf(body.data.setup_url).submitCard(undefined, { amount: 3000, currency: 'JPY' })
  await until(async () => (await world.ledger(body.billing_customer_id)).charges.length === 1)
  expect((await world.ledger(body.billing_customer_id)).charges).toMatchObject([{ amount: 3000, currency: 'jpy' }])
})
