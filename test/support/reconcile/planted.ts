import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { compareLists } from '../../../activities/reconcile/compare-lists.ts'
import { fillTables, type FilledGateway } from '../fill-tables.ts'
import { until } from '../until.ts'
import type { World } from '../world/world.ts'
import { expectEachPageOnce, type GatewayCall, type PagedList } from './pages-once.ts'

// Many charges of one gateway with differences of every kind, without any event. See "Reconciliation" in
// CONTRIBUTING.md.

/** What a gateway's test does at it. */
export interface ListedSide extends FilledGateway {
  /** How many charges there are. */
  charges: number
  simulate: World['simulate']
  /** The list of payments. */
  list: PagedList
  /** Pays once, and copies that as the charges that are filled in. Returns the customer at the gateway. */
  pay(count: number): Promise<string>
  /** Makes payments of which nothing is recorded here. */
  payUnknown(names: string, count: number): Promise<void>
  refund(objectId: string, number: number, amount?: number): Promise<unknown>
  dispute(objectId: string): Promise<unknown>
}

interface Stored {
  id: string
  object: string
  bc: string
}

/** Runs a round of reconciliation. Returns what it found, and its number of steps. */
export async function reconcileRound(world: World) {
  const handle = await world.client.workflow.start('janitor', {
    workflowId: `janitor-${randomUUID()}`,
    taskQueue: world.taskQueue,
    args: [],
  })
  const result = (await handle.result()) as { notListed: string[]; unknown: number; checked: number }
  const events = (await handle.fetchHistory()).events ?? []
  return { ...result, steps: events.filter((event) => event.activityTaskScheduledEventAttributes).length }
}

/** Plants differences of every kind in two of a hundred charges each, and expects that reconciliation settles each. */
export async function expectEachDifferenceFound(world: World, side: ListedSide): Promise<void> {
  const { charges } = side
  const ofEachKind = charges / 100
  /** Version 0.2.0 read each charge by three calls and a step, in each of 84 rounds. */
  const before = { calls: 3 * charges, steps: charges }
  const all = (value: unknown) => Array.from({ length: ofEachKind }, () => value)

  await setUp(world, side)
  const kinds = await plant(world, side)
  const [charged, earlier] = [await countCharges(side), (await requestsOf(side)).length]
  const begun = await beginAndEnd(world, side)

  const began = Date.now()
  const { steps, ...found } = await reconcileRound(world)
  const seconds = (Date.now() - began) / 1_000
  const calls = (await requestsOf(side)).slice(earlier)
  const lists = calls.filter(({ path }) => path.split('?')[0] === side.list.path)
  console.log({ charges, ...found, seconds, steps, calls: calls.length, lists: lists.length, before })
  expect(found.notListed).toEqual([])
  expect(begun + found.unknown).toBe(2 * ofEachKind)

  const { statesOf, reasonsOf } = recordOf(world)
  expect(await statesOf(kinds.refunded, 'state')).toEqual(all('refunded'))
  expect(await statesOf(kinds.in_part, 'state')).toEqual(all('succeeded'))
  const parts = await world.sql`select amount from refunds where charge_id = any(${ids(kinds.in_part)})`
  expect(parts.map(({ amount }) => amount as number)).toEqual(all(300))
  expect((await statesOf(kinds.disputed, 'disputed_at')).every((at) => at instanceof Date)).toBe(true)
  await until(async () => (await statesOf(kinds.late, 'state')).every((state) => state === 'refunded'))
  expect(await reasonsOf(kinds.late)).toEqual(all('late_payment'))
  expect(await reasonsOf(kinds.lost)).toEqual(all('not_paid_there'))
  expect(await reasonsOf(kinds.amount)).toEqual(all('amount_differs'))
  const dead = await world.sql`select 1 from gateway_events where type = 'janitor.unknown_payment'`
  // Those without a row, and those whose rows name a lost object.
  expect(dead).toHaveLength(2 * ofEachKind)
  const [{ open }] = (await world.sql`select count(*) as open from charges
    where differs_since is not null or unlisted_since is not null`) as unknown as [{ open: number }]
  expect(open).toBe(0)
  expect(await countCharges(side)).toBe(charged)

  expectEachPageOnce(side.list, lists)
  const differences = 6 * ofEachKind
  expect(calls.length).toBeLessThanOrEqual(charges / side.list.perPage + 12 + 8 * differences)
  expect(steps).toBeLessThanOrEqual(2 + Math.ceil(seconds / 10) + Math.ceil(differences / 200))
  // A round without differences: what most rounds are.
  const idle = (await requestsOf(side)).length
  await reconcileRound(world)
  const idleCalls = (await requestsOf(side)).length - idle
  console.log({ idleCalls, idleBefore: before.calls })
  expect(idleCalls * 50).toBeLessThan(before.calls)
}

async function setUp(world: World, side: ListedSide): Promise<void> {
  await side.simulate('clock', { advance_seconds: -86_400 })
  const customer = await side.pay(side.charges)
  await side.simulate('clock', { advance_seconds: 86_400 })
  await fillTables(world, side.charges, side)
  await world.sql`update charges set unlisted_since = now() - interval '1 day'`
  await world.sql`update payment_objects set gateway_customer_id = ${customer}`
}

async function plant(world: World, side: ListedSide) {
  const { sql } = world
  let used = 0
  const take = () => Array.from({ length: side.charges / 100 }, () => numbered(side, ++used))
  const kinds = {
    refunded: take(),
    in_part: take(),
    disputed: take(),
    late: take(),
    lost: take(),
    amount: take(),
  }
  for (const [number, { object }] of kinds.refunded.entries()) await side.refund(object, number)
  for (const [number, { object }] of kinds.in_part.entries()) await side.refund(object, number, 300)
  for (const { object } of kinds.disputed) await side.dispute(object)
  const late = kinds.late.map(({ bc }) => bc)
  await sql`update onboardings set result = 'canceled' where billing_customer_id = any(${late})`
  await sql`update charges set state = 'canceled', unlisted_since = null where id = any(${ids(kinds.late)})`
  await sql`update payment_objects set state = 'dead'
    where object_id = any(${kinds.late.map(({ object }) => object)})`
  await sql`
    update payment_objects set object_id = 'lost_' || onboarding_id, transaction_id = 'lost_' || transaction_id
    where object_id = any(${kinds.lost.map(({ object }) => object)})`
  await sql`update charges set amount = 1400 where id = any(${ids(kinds.amount)})`
  await side.payUnknown(`${side.names}THERE`, side.charges / 100)
  // Lists are by whole seconds: what is of the second in which a window ends is in the next window, too.
  await sleep(1_000)
  return kinds
}

const numbered = ({ names }: ListedSide, i: number): Stored => ({
  id: `ch_${i}`,
  object: `${names}${i}`,
  bc: `bc_${i}`,
})
const ids = (stored: Stored[]) => stored.map(({ id }) => id)

/**
 * Begins to compare the missed day in a process that ends after its second page that is not the last of its window.
 * Returns how many payments without a row it found.
 */
async function beginAndEnd(world: World, { gateway: name }: ListedSide): Promise<number> {
  const accountId = `ga_${name}_sandbox`
  const [account, gateway] = [await world.gateways.accountOf(accountId), await world.gateways.of(accountId)]
  await world.sql`delete from gateway_lists`
  await world.sql`update reconciliation set finished_at = now() - interval '26 hours'`
  let pages = 0
  const listPage: typeof gateway.listPage = async (...asked) => {
    const page = await gateway.listPage!(...asked)
    if (page !== 'too_many' && page.next !== null) pages++
    return page
  }
  const walk = { account, gateway: { ...gateway, listPage }, isOver: () => pages >= 2 }
  const { unknown } = await compareLists(world.dependencies, walk)
  const [cut] = await world.sql`
    select window_end, next_page from gateway_lists where account_id = ${accountId} and list = 'payments'`
  expect(cut).toMatchObject({ nextPage: expect.any(String), windowEnd: expect.any(Date) })
  return unknown
}

const countCharges = async ({ simulate }: ListedSide) => (await simulate('ledger')).body.charges.length as number

const requestsOf = async ({ simulate }: ListedSide) =>
  ((await simulate('requests')).body.requests as GatewayCall[]).filter(({ method }) => method !== 'EVENT')

const recordOf = ({ sql }: World) => ({
  statesOf: async (stored: Stored[], column: string) =>
    (await sql`select ${sql(column)} as value from charges where id = any(${ids(stored)})`).map(
      (row) => row.value as unknown,
    ),
  reasonsOf: async (stored: Stored[]) =>
    (
      await sql`select split_part(data ->> 'reason', '/', 1) as reason from events
        where type = 'onboarding.needs_person' and billing_customer_id = any(${stored.map(({ bc }) => bc)})`
    ).map((row) => row.reason as string),
})
