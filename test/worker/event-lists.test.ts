import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { GatewayEvent } from '../../gateways/gateway-event.ts'
import { connectAccount, refuseCrossAccount, stripeKeys } from '../support/gateways/own-accounts.ts'
import { untilBankAsks } from '../support/until-bank-asks.ts'
import { until } from '../support/until.ts'
import { listing, listOf, makeDue, readList, readWith, shared, startReading } from '../support/worker/event-lists.ts'
import { createWorld, type World } from '../support/world/world.ts'

// What webhooks do not bring is read from the gateway's list of events.

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 60_000, listen: true })
  silence()
  // Events younger than a minute are left to webhooks.
  await world.simulate('clock', { advance_seconds: -120 })
})
afterEach(() => world.clearFaults())
afterAll(async () => {
  await refuseCrossAccount(world)
  await world.close()
})

/** Lets no event arrive. */
const silence = () => world.simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'none' })
const hear = () => {
  const target = { url: `${world.apiUrl}/webhooks/stripe`, secret: 'whsec_test_only', events: ['*'] }
  world.simulator.sendEventsTo(target)
}

async function paid() {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  const [charge] = (await world.ledger(bc)).charges
  return { bc, charge, intent: charge.payment_intent as string }
}
const refund = (payment_intent: string) => world.atStripe('POST', '/v1/refunds', { payment_intent })
const has = (bc: string, type: string) => until(async () => (await world.eventTypes(bc)).includes(type))

interface Heard {
  method: string
  path: string
  account: string
  input?: Record<string, string>
}
const requests = async () =>
  ((await world.simulate('requests')).body.requests as Heard[]).filter(({ method }) => method !== 'EVENT')
/** Which paths were called after that many requests. */
const calledSince = async (count: number) => [...new Set((await requests()).slice(count).map(({ path }) => path))]
/** Whether nothing is called for a second. */
async function isQuiet(): Promise<boolean> {
  const { length } = await requests()
  await sleep(1_000)
  return (await requests()).length === length
}
const recorded = async () => [...(await world.sql`select account_id, id from gateway_events order by 1, 2`)]
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

test('the endpoint is dead: a payment that the bank confirms completes the onboarding, charged once', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000002760003184')
  const intent = await untilBankAsks(world, page)
  await world.simulate('authenticate', { payment_intent: intent, outcome: 'succeed' })
  expect(await world.billingCustomer(bc)).toMatchObject({ status: 'pending' })
  const { dueAt, finishedAt } = await readList(world)
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  // An event is read within 10 minutes of its creation: those of the last minute are read next.
  expect(Math.abs(dueAt.getTime() - finishedAt!.getTime() - 540_000)).toBeLessThan(10_000)
})

test('a refund, a dispute and a removed card are found, and what was found once is not read again', async () => {
  const [refunded, disputed, removed] = [await paid(), await paid(), await paid()]
  await refund(refunded.intent)
  await world.simulate('disputes', { charge: disputed.charge.id })
  const [{ method }] = await world.sql<[{ method: string }]>`
    select payment_method_id as method from billing_customers where id = ${removed.bc}`
  await world.atStripe('POST', `/v1/payment_methods/${method}/detach`)
  await readList(world)
  await has(refunded.bc, 'charge.refunded')
  await has(disputed.bc, 'charge.disputed')
  await has(removed.bc, 'billing_customer.payment_method_removed')
  await world.moneySettled(refunded.bc)
  await world.moneySettled(disputed.bc)

  const [before, called] = [await recorded(), (await requests()).length]
  await readList(world)
  expect(await recorded()).toEqual(before)
  expect(await calledSince(called)).toEqual(['/v1/events'])
})

test('what a webhook brought is not processed again', async () => {
  hear()
  const { bc, intent } = await paid()
  await refund(intent)
  await has(bc, 'charge.refunded')
  await world.allDelivered()
  await world.moneySettled(bc)
  // The last event can make the run of the refund read once more.
  await until(isQuiet)
  silence()
  const [before, types, called] = [await recorded(), await world.eventTypes(bc), (await requests()).length]
  await readList(world)
  expect(await recorded()).toEqual(before)
  expect(await calledSince(called)).toEqual(['/v1/events'])
  expect(await world.eventTypes(bc)).toEqual(types)
})

/** Creates events of a payment that is not ours, as another program makes them. */
async function others(count: number, customer: string): Promise<void> {
  const intent = { amount: '100', currency: 'usd', customer, 'allowed_payment_method_types[0]': 'card' }
  const { body } = await world.atStripe('POST', '/v1/payment_intents', intent)
  for (let i = 0; i < count; i++) await world.simulate('intents', { id: body.id, status: 'processing' })
}

test('a day without events is made up for, and a process that is killed repeats no page', async () => {
  const { bc, charge, intent } = await paid()
  await readList(world)
  await world.simulate('clock', { advance_seconds: -86_400 })
  await refund(intent)
  await others(230, charge.customer)
  await world.simulate('clock', { advance_seconds: 86_400 })
  await world.sql`update gateway_lists set compared_until = now() - interval '25 hours' where list = 'events'`

  const [known, called] = [(await recorded()).length, (await requests()).length]
  const gateway = await world.gateways.of(shared)
  let pages = 0
  const killed = readWith(world, shared, {
    listEvents: (...page) => (++pages > 2 ? Promise.reject(new Error('killed')) : gateway.listEvents!(...page)),
  })
  await expect(killed).rejects.toThrow('killed')
  expect((await listOf(world))!.nextPage).toMatch(/^evt_/)
  expect(await world.eventTypes(bc)).not.toContain('charge.refunded')
  await readList(world)
  await has(bc, 'charge.refunded')
  await world.moneySettled(bc)

  const listed = (await requests()).slice(called).filter(({ path }) => path === '/v1/events')
  const cursors = listed.map(({ input }) => input?.starting_after)
  expect(new Set(cursors).size).toBe(cursors.length)
  expect((await recorded()).length - known).toBeGreaterThanOrEqual(231)
  const inHundreds = Math.ceil((await recorded()).length / 100)
  expect(listed.length).toBeLessThanOrEqual(inHundreds)
})

/** The account of the organization, with a restricted key that may do everything at first. */
const keys = { secret_key: 'rk_test_own', publishable_key: 'pk_test_own' }
let own: string | undefined
const ownAccount = async () => (own ??= await connectAccount(world, 'stripe', keys))

test('an account that answers 429, and one that does not answer, delay no other account', async () => {
  const limited = await ownAccount()
  const silent = await connectAccount(world, 'stripe', stripeKeys('silent'), world.seeds.other_org.secret_key)
  const on = (account: string) => ({ method: 'GET', path: '/v1/events', account })
  await world.simulate('faults', { match: on('acct_sim_own'), times: 1_000, fault: 'rate_limit' })
  await world.simulate('faults', { match: on('acct_sim_silent'), times: 1_000, fault: 'delay', delay_ms: 600_000 })
  const { bc, intent } = await paid()
  const reading = startReading(world)
  try {
    // It is due in a minute; a new list is at once, and one that is claimed in two.
    await until(
      () => listOf(world, limited),
      (row) => row !== undefined && Math.abs(row.dueAt.getTime() - Date.now() - 60_000) < 30_000,
    )
    const claimed = await until(
      () => listOf(world, silent),
      (row) => row !== undefined && row.dueAt.getTime() - Date.now() > 90_000,
    )
    await refund(intent)
    await makeDue(world, shared)
    await has(bc, 'charge.refunded')
    // It still waits for its gateway.
    expect(await listOf(world, silent)).toEqual(claimed)
  } finally {
    await world.clearFaults()
    await reading.stop()
  }
  for (const account of [limited, silent]) expect((await readList(world, account)).finishedAt).not.toBeNull()
})

const eventOf = (objectId: string, id: string, createdAt: Date): GatewayEvent => ({
  ...{ id, type: 'charge.refunded', about: { kind: 'return', id: objectId }, ours: true, createdAt },
})

test('an event in the list of one account touches no object of another', async () => {
  const account = await ownAccount()
  await readList(world, account)
  const { bc, intent } = await paid()
  const [before, called] = [await world.eventTypes(bc), (await requests()).length]
  await readWith(world, account, listing(eventOf(intent, 'evt_of_another', minutesAgo(90))))
  expect(await world.sql`select account_id, state from gateway_events where id = 'evt_of_another'`).toEqual([
    { accountId: account, state: 'dead' },
  ])
  expect(await calledSince(called)).toEqual([])
  expect(await world.eventTypes(bc)).toEqual(before)
})

test('an event whose payment is still being recorded is read again in a minute, and dead after an hour', async () => {
  await world.sql`update gateway_lists set compared_until = ${minutesAgo(40)} where account_id = ${shared}`
  const createdAt = minutesAgo(30)
  const due = await readWith(world, shared, listing(eventOf('pi_early', 'evt_early', createdAt)))
  expect((due as Date).getTime()).toBeLessThan(Date.now() + 541_000)
  expect((await listOf(world))!.comparedUntil).toEqual(createdAt)
  const state = () => world.sql`select state from gateway_events where id = 'evt_early'`
  expect(await state()).toEqual([])
  await readWith(world, shared, listing(eventOf('pi_early', 'evt_early', minutesAgo(61))))
  expect(await state()).toEqual([{ state: 'dead' }])
})

async function detached() {
  const { bc } = await paid()
  const [{ method }] = await world.sql<[{ method: string }]>`
    select payment_method_id as method from billing_customers where id = ${bc}`
  await world.atStripe('POST', `/v1/payment_methods/${method}/detach`)
  return { bc, path: `/v1/payment_methods/${method}` }
}
const removed = 'billing_customer.payment_method_removed'

test('an event that cannot be processed stops its list for an hour at most; a later one is left out', async () => {
  const { bc, path } = await detached()
  await world.fault(path, 'reset', { method: 'GET', times: 100 })
  const stopped = await readList(world)
  expect(stopped.stoppedSince).not.toBeNull()
  await world.clearFaults()
  expect((await readList(world)).stoppedSince).toBeNull()
  expect(await world.eventTypes(bc)).toContain(removed)

  const later = await detached()
  await world.fault(later.path, 'reset', { method: 'GET', times: 100 })
  await world.sql`update gateway_lists set stopped_since = now() - interval '61 minutes' where account_id = ${shared}`
  const read = await readList(world)
  expect(read.stoppedSince).toBeNull()
  expect(read.finishedAt!.getTime()).toBeGreaterThan(stopped.dueAt.getTime() - 60_000)
  expect(await world.eventTypes(later.bc)).not.toContain(removed)
  expect(world.logged.filter((line) => line.includes('left out'))).toHaveLength(1)
})

test('an event that the list shows late is found', async () => {
  const { bc, intent } = await paid()
  await world.simulate('lists', { listed_after: 300 })
  await refund(intent)
  await readList(world)
  await world.simulate('lists', { listed_after: 0 })
  expect(await world.eventTypes(bc)).not.toContain('charge.refunded')
  await readList(world)
  await has(bc, 'charge.refunded')
})

test('a key that may not read events: verify says so, and the list is tried again in an hour', async () => {
  const account = await ownAccount()
  const permissions = ['accounts_kyc_basic_read', 'customer_write', 'payment_intent_write', 'setup_intent_write']
  const others = ['charge_write', 'webhook_write', 'confirmation_token_read', 'dispute_read']
  await world.simulate('keys', { key: keys.secret_key, permissions: [...permissions, ...others] })
  const { body } = await world.asNative('POST', `/v1/gateway_accounts/${account}/verify`)
  expect(body).toMatchObject({
    problem: 'the keys lack permission for: events',
    status: 'active',
    permissions: { events: false, payments: true },
  })
  const before = (await listOf(world, account))?.finishedAt
  const { dueAt, finishedAt } = await readList(world, account)
  expect(finishedAt).toEqual(before ?? null)
  expect(dueAt.getTime()).toBeGreaterThan(Date.now() + 3_000_000)
})
