import { randomUUID } from 'node:crypto'
import { type ApplicationFailure, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../../store/database/new-id.ts'
import { createWorld, type World } from '../support/world/world.ts'

// A person can start a workflow in Temporal UI with any input, and send any update. Invalid input fails at once,
// without retries, and names the field.

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

const begin = (type: string, args: unknown[], workflowId: string = randomUUID()) =>
  world.client.workflow.start(type, { workflowId, taskQueue: world.taskQueue, args })

/** Returns why the run failed. If its tasks failed repeatedly, the run would never end and the test would time out. */
async function refusalOf(type: string, args: unknown[], workflowId?: string) {
  const handle = await begin(type, args, workflowId)
  const error: unknown = await handle.result().catch((e: unknown) => e)
  expect(error).toBeInstanceOf(WorkflowFailedError)
  const failure = (error as WorkflowFailedError).cause as ApplicationFailure
  expect([failure.type, failure.nonRetryable]).toEqual(['InvalidInput', true])
  return failure.message
}

async function runOf() {
  const { bc } = await world.openSetup()
  const [row] = await world.sql<Record<string, string | number>[]>`
    select o.environment, o.organization_id, b.customer_id, b.id as billing_customer_id, o.id as onboarding_id, o.n,
      o.gateway
    from onboardings o join billing_customers b on b.id = o.billing_customer_id where b.id = ${bc}`
  return { ...row! } as Record<string, string | number>
}

test.each([
  ['onboarding', [], 'input'],
  ['onboarding', [null], 'input'],
  ['onboarding', [{}], 'environment'],
  ['onboarding', ['a'], 'input'],
  ['onboarding', [[]], 'input'],
  ['onboarding', [7], 'input'],
  ['replacePaymentMethod', [], 'input'],
  ['replacePaymentMethod', [null], 'input'],
  ['replacePaymentMethod', [{}], 'environment'],
  ['replacePaymentMethod', ['a'], 'input'],
  ['replacePaymentMethod', [[]], 'input'],
  ['money', [], 'chargeId'],
  ['money', [null], 'chargeId'],
  ['money', [{}], 'chargeId'],
  ['money', ['a'], 'chargeId'],
  ['money', [[]], 'chargeId'],
  ['janitor', [null], 'after'],
  ['janitor', [{}], 'after'],
  ['janitor', ['a'], 'after'],
  ['janitor', [[]], 'after'],
])('%s with the input %j fails at once and names %s', async (type, args, field) => {
  expect(await refusalOf(type, args)).toMatch(new RegExp(`^${field}: must be`))
})

test.each([
  ['environment', 'test'],
  ['organizationId', 7],
  ['customerId', ''],
  ['billingCustomerId', 'bc_\u0000'],
  ['onboardingId', 'cus_01k2'],
  ['n', '1'],
  ['n', 1e12],
  ['gateway', 'cash'],
  ['kind', 'replacement'],
  ['kind', null],
])('an onboarding whose %s is %j fails at once', async (field, value) => {
  expect(await refusalOf('onboarding', [{ ...(await runOf()), [field]: value }])).toMatch(new RegExp(`^${field}: must`))
})

test('ids that do not exist, or belong to another organization, fail at once and change nothing', async () => {
  const [mine, other] = [await runOf(), await runOf()]
  const { org_id: foreign } = world.seeds.other_org
  const counts = () => world.sql`
    select (select count(*) from customers) as customers, (select count(*) from billing_customers) as billing_customers,
      (select count(*) from onboardings) as onboardings`
  const before = await counts()
  const refused = (type: string, changes: object, kind = {}) => refusalOf(type, [{ ...mine, ...kind, ...changes }])
  const replacement = { kind: 'replacement' }
  // Also with the workflow id that the run of such a contact would have.
  const nobody = newId('organization')
  const own = `onboarding/sandbox/${nobody}/${mine.customerId}`
  expect(await refusalOf('onboarding', [{ ...mine, organizationId: nobody }], own)).toMatch(/^organizationId: /)
  const live = `onboarding/live/${mine.organizationId}/${mine.customerId}`
  expect(await refusalOf('onboarding', [{ ...mine, environment: 'live' }], live)).toMatch(/^environment: /)
  const crossed = { ...mine, billingCustomerId: newId('billingCustomer'), organizationId: foreign }
  const theirs = `onboarding/sandbox/${foreign}/${mine.customerId}`
  expect(await refusalOf('onboarding', [crossed], theirs)).toMatch(/^customerId: belongs to another/)
  const stranger = newId('customer')
  const short = `onboarding/${stranger}`
  expect(await refusalOf('onboarding', [{ ...mine, customerId: stranger }], short)).toMatch(/^customerId: does not/)
  expect(await refusalOf('onboarding', [{ ...crossed, customerId: stranger, organizationId: nobody }], short)).toMatch(
    /^organizationId: /,
  )
  expect(await refused('onboarding', { organizationId: newId('organization') })).toMatch(/^organizationId: /)
  expect(await refused('onboarding', { organizationId: foreign })).toMatch(/^organizationId: /)
  expect(await refused('onboarding', { environment: 'live' })).toMatch(/^environment: /)
  expect(await refused('onboarding', { customerId: other.customerId })).toMatch(/^customerId: /)
  expect(await refused('onboarding', { billingCustomerId: newId('billingCustomer') })).toMatch(/^billingCustomerId: /)
  expect(await refused('onboarding', { onboardingId: newId('onboarding') })).toMatch(/^onboardingId: /)
  expect(await refused('onboarding', { onboardingId: other.onboardingId })).toMatch(/^onboardingId: /)
  expect(await refused('onboarding', { n: 2 })).toMatch(/^n: must be 1/)
  expect(await refused('replacePaymentMethod', {}, replacement)).toMatch(/^onboardingId: /)
  const nowhere = { billingCustomerId: newId('billingCustomer') }
  expect(await refused('replacePaymentMethod', nowhere, replacement)).toMatch(/^billingCustomerId: /)
  expect(await refusalOf('money', [newId('charge')])).toBe('chargeId: no charge has this id')
  expect(await counts()).toEqual(before)
})

test('updates with invalid input are rejected, signals only trigger a read, and the run continues', async () => {
  const { bc, page } = await world.openSetup()
  const { handle } = (await world.runsOf(bc))[0]!
  const refused = async (name: string, ...args: unknown[]) => {
    const error: unknown = await handle.executeUpdate(name, { args: args as [] }).catch((e: unknown) => e)
    expect(error, `${name} ${JSON.stringify(args)}`).toBeInstanceOf(WorkflowUpdateFailedError)
    return String((error as WorkflowUpdateFailedError).cause?.message)
  }
  for (const name of ['cancel', 'extend', 'waiveInitialCharge', 'changeInitialAmount'])
    for (const args of [[], [null], ['a'], [[]], [7]])
      expect(await refused(name, ...args)).toMatch(/^input: must be an object/)
  for (const args of [[null], ['a'], [[]]])
    expect(await refused('replaceLink', ...args)).toMatch(/^input: must be an object/)
  expect(await refused('cancel', { reason: 'a\u0000b' })).toMatch(/^reason: /)
  expect(await refused('waiveInitialCharge', { reason: '\ud800' })).toMatch(/^reason: /)
  expect(await refused('changeInitialAmount', { amount: '2000', reason: 'x' })).toMatch(/^amount: /)
  expect(await refused('extend', { seconds: null })).toMatch(/^seconds: /)
  for (const signal of ['setupCompleted', 'actionCompleted', 'recordChanged', 'noSuchSignal'])
    for (const args of [[], [null], [{}], ['a'], [[]]]) await handle.signal(signal, ...args)
  // Without input the link has its default lifetime.
  expect(await handle.executeUpdate('replaceLink')).toBe('done')
  expect(await handle.executeUpdate('retryNow', { args: ['a'] as never })).toBe('done')
  expect((await page.open()).status).toBe(410)
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, {})
  await world.pageOf(body.setup_url).submitCard()
  expect(await world.ended(bc)).toBe('completed')
})
