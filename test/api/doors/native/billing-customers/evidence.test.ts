import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { deleteClosedRuns } from '../../../../../worker/recovery/closed-runs.ts'
import { until } from '../../../../support/until.ts'
import { createWorld, type World } from '../../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const evidenceOf = (bc: string, key?: string) =>
  world.asNative('GET', `/v1/billing_customers/${bc}/evidence`, undefined, key)

async function declinedThenPaid() {
  const { contact, bc, page } = await world.openSetup()
  await page.submitCard('4000000000000002')
  await until(async () => (await world.eventTypes(bc)).includes('billing_customer.payment_failed'))
  await page.submitCard()
  await world.ended(bc)
  await world.closedRunsOf(bc)
  return { contact, bc, page }
}

test('evidence has the record, attempts, charges with refunds, events and histories, but no link', async () => {
  const { contact, bc, page } = await declinedThenPaid()
  const [charge] = (await evidenceOf(bc)).body.charges
  await world.asNative('POST', `/v1/charges/${charge.id}/refund`, { amount: 500, reason: 'agreed' })
  await world.moneySettled(bc)
  const { status, body } = await evidenceOf(bc)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    object: 'evidence',
    billing_customer: { id: bc, status: 'active' },
    customer: { external_id: contact },
    onboardings: [{ n: 1, status: 'completed', amount: 1500 }],
    payment_attempts: [
      { number: 1, status: 'declined', source: 'page', amount: 1500 },
      { number: 2, status: 'paid', gateway_payment_object_id: charge.gateway_payment_object_id },
    ],
    charges: [{ amount: 1500, refunded_amount: 500, refunds: [{ amount: 500, status: 'succeeded' }] }],
    has_more_events: false,
    histories_status: 'available',
  })
  const types = await world.eventTypes(bc)
  expect(body.events.map(({ type }: { type: string }) => type)).toEqual(types)
  expect(types.filter((type) => type === 'billing_customer.evidence_retrieved')).toHaveLength(2)
  const onboarding = body.histories.find((run: { workflow_id: string }) => run.workflow_id.startsWith('onboarding/'))
  const steps = onboarding.steps.map(({ what }: { what: string }) => what)
  expect(steps[0]).toBe('run started')
  expect(steps).toEqual(expect.arrayContaining(['signal setupCompleted', 'takePayment done', 'createRecord done']))
  expect(steps.at(-1)).toBe('run completed')
  const text = JSON.stringify(body)
  expect(text).not.toContain(page.token)
  expect(text).not.toMatch(/setup_url|_secret_|payloads/)
})

test('without the histories in Temporal, evidence says that they are gone and has everything else', async () => {
  const { bc } = await declinedThenPaid()
  const { customer_id: customerId, organization_id: organizationId } = await world.billingCustomer(bc)
  await deleteClosedRuns(world.client, { environment: 'sandbox', organizationId, customerId })
  const { body } = await until(
    () => evidenceOf(bc),
    (answer) => answer.body.histories_status === 'gone',
  )
  expect(body.histories).toEqual([])
  expect(body).toMatchObject({ charges: [{ amount: 1500 }], payment_attempts: [{ number: 1 }, { number: 2 }] })
})

test('an organization reads the histories of one billing customer at a time', async () => {
  const { bc } = await world.openSetup()
  const { workflowService } = world.client
  const list = workflowService.listWorkflowExecutions.bind(workflowService)
  let [reading, most] = [0, 0]
  vi.spyOn(workflowService, 'listWorkflowExecutions').mockImplementation((async (request: object) => {
    most = Math.max(most, ++reading)
    return list(request).finally(() => reading--)
  }) as never)
  const answers = await Promise.all(Array.from({ length: 5 }, () => evidenceOf(bc)))
  vi.restoreAllMocks()
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200))
  expect(most).toBe(1)
})

test('no list of the organization waits while Temporal does not respond to evidence', async () => {
  const { bc } = await world.openSetup()
  // The turn is not passed on because 5 seconds are over.
  const later = setTimeout
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, pause?: number) =>
    later(work, pause === 5_000 ? 120_000 : pause)) as never)
  const { workflowService } = world.client
  const list = workflowService.listWorkflowExecutions.bind(workflowService)
  let isRead = false
  let respond = () => {}
  const responded = new Promise<void>((resolve) => (respond = resolve))
  vi.spyOn(workflowService, 'listWorkflowExecutions').mockImplementation((async (request: object) => {
    isRead = true
    await responded
    return list(request)
  }) as never)
  const evidence = Promise.all([evidenceOf(bc), evidenceOf(bc)])
  await until(() => isRead)
  expect(await world.asNative('GET', '/v1/customers?limit=10')).toMatchObject({ status: 200 })
  respond()
  expect((await evidence).map(({ status }) => status)).toEqual([200, 200])
  vi.restoreAllMocks()
})

test('of more attempts than it has room for, evidence has the newest, in their order', async () => {
  const { bc } = await declinedThenPaid()
  await world.sql`
    insert into payment_attempts
    select (jsonb_populate_record(a, jsonb_build_object('number', added, 'single_use', false))).*
    from onboardings o join payment_attempts a on a.onboarding_id = o.id, generate_series(1001, 1500) added
    where o.billing_customer_id = ${bc} and a.number = 1`
  const { body } = await evidenceOf(bc)
  const numbers = body.payment_attempts.map(({ number }: { number: number }) => number)
  expect(numbers).toEqual(Array.from({ length: 500 }, (_, i) => 1001 + i))
})

test('evidence needs the scopes of all that it shows, and is of its organization only', async () => {
  const { bc } = await world.openSetup()
  const { body } = await world.asNative('POST', '/v1/api_keys', { name: 'part', scopes: ['billing_customers:read'] })
  world.secrets.add(body.secret)
  const refused = await evidenceOf(bc, body.secret)
  expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining('customers:read') } })
  expect((await evidenceOf(bc, world.seeds.other_org.secret_key)).status).toBe(404)
})
