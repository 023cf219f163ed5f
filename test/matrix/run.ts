import { setTimeout as sleep } from 'node:timers/promises'
import { createWorld, type World } from '../support/world/world.ts'
import { nameOf, type Cell, type Flow } from './calls.ts'
import { failedStepsOf } from './failed-steps.ts'
import { activateOthers, methodsGone } from './others.ts'
import { chargesOf, journeys, openVisit, orderFault, simulatorUrl, waitUntil, type Visit } from './journeys.ts'
import { openPlaces, type Place } from './places.ts'
import { refuseCrossAccount } from '../support/gateways/own-accounts.ts'
import { judge, type Found, type Verdict } from './verdict.ts'

export interface Outcome extends Verdict {
  cell: Cell
  found: Found
  /** The steps that failed, of a cell that is wrong: why. */
  failed: string[]
}

/** Timeout of a call to a gateway in milliseconds, and the additional delay of a late call. */
const timeout = 1_000
/** That of a rejected key: if a busy machine gave up before it saw the rejection, nobody would be called. */
const patient = 30_000
const lateness = 500
/** Longer than any work that may still run when all onboardings have ended. */
const quiet = 3_000
/** Concurrent onboardings in one world, and concurrent worlds with one onboarding each. */
const together = 10
const worldsTogether = 2

/** Opens worlds one at a time, because starting one takes more resources than running it. */
function openWorld({ flow, kind }: Cell): Promise<World> {
  const { gateway, settings } = flow
  const gatewayTimeout = isRejected({ kind }) ? patient : timeout
  const options = { gatewayTimeout, longestRetryPause: 300, paypal: gateway === 'paypal', settings }
  const next = opening.then(() => createWorld(options))
  opening = next.catch(() => {})
  return next
}
let opening: Promise<unknown> = Promise.resolve()

const isRejected = ({ kind }: Pick<Cell, 'kind'>) => kind.fault === 'unauthorized'

/**
 * Runs one onboarding for each cell, many concurrently, each with its own fault, and judges the results. A cell with a
 * forgotten key has its own world, because a world has one clock. Those with a rejected key share one of each flow.
 */
export async function runMatrix(cells: Cell[]): Promise<Outcome[]> {
  const flows = [...new Set(cells.map(({ flow }) => flow))]
  const own = cells.filter(({ kind }) => kind.forgetsKey)
  const shared = flows.flatMap((flow) =>
    [false, true].map((rejected) =>
      cells.filter((cell) => cell.flow === flow && !cell.kind.forgetsKey && isRejected(cell) === rejected),
    ),
  )
  const worlds = [
    ...shared.filter(({ length }) => length > 0).map((group) => runTogether(group)),
    eachOf(own, worldsTogether, (cell) => runTogether([cell])).then((groups) => groups.flat()),
  ]
  const outcomes = (await Promise.all(worlds)).flat()
  return outcomes.sort((a, b) => cells.indexOf(a.cell) - cells.indexOf(b.cell))
}

async function runTogether(cells: Cell[]): Promise<Outcome[]> {
  const world = await openWorld(cells[0]!)
  try {
    const { payer } = cells[0]!.flow
    const others = payer ? await activateOthers(world, payer) : []
    // One that is alone takes the next place of all that are.
    const places = await openPlaces(world, cells[0]!.flow, cells.length > 1 ? cells.length : 1 + (alone++ % 3))
    const placeOf = (n: number) => (cells.length > 1 ? places[n % places.length] : places.at(-1))!
    const visits = await eachOf(cells, together, (cell, n) => runCell(world, cell, placeOf(n)))
    await sleep(quiet)
    await refuseCrossAccount(world)
    const othersGone = await methodsGone(world, others)
    return await Promise.all(visits.map((visited) => judged(visited, othersGone)))
  } finally {
    await world.close()
  }
}

/** Number of onboardings in a world of their own so far. */
let alone = 0

interface Visited {
  cell: Cell
  visit: Visit
  faultId: string
  trouble: string | null
}

async function runCell(world: World, cell: Cell, place: Place): Promise<Visited> {
  const journey = journeys[cell.call.journey]
  const visit = await openVisit(world, journey, place, cell.flow.payer)
  const faultId = await orderFault(world, cell.flow.gateway, faultOf(cell, visit))
  const went = journey.go(visit).then(() => settled(visit))
  const trouble = await went.then(
    () => null,
    (error: unknown) => `${nameOf(cell)}: ${error instanceof Error ? error.message : String(error)}`,
  )
  return { cell, visit, faultId, trouble }
}

function faultOf({ call, kind, times }: Cell, { customerId, onboardingId }: Visit) {
  const about = call.about === 'customer' ? customerId : onboardingId
  return {
    match: { method: call.method ?? 'POST', path: call.path, about },
    times,
    fault: kind.fault,
    ...(kind.fault === 'delay' ? { delay_ms: timeout + lateness } : {}),
    ...(kind.forgetsKey ? { advance_seconds: call.keyLife! + 60 } : {}),
  }
}

/** A refund, or the removal of a method, may take longer than its onboarding. */
const settled = ({ world, bc }: Visit) =>
  waitUntil(async () => {
    const rows = await world.sql`
      select 1 from charges c
      where billing_customer_id = ${bc} and (state in ('open', 'refund_pending')
        or exists (select 1 from refunds f where f.charge_id = c.id and f.state = 'pending'))
      union all select 1 from method_releases where billing_customer_id = ${bc}`
    return rows.length === 0
  })

async function judged({ cell, visit, faultId, trouble }: Visited, othersGone: number): Promise<Outcome> {
  const found = { ...(await findOut(visit, cell)), othersGone, hits: await hitsOf(visit.world, cell, faultId), trouble }
  const verdict = judge(cell, found)
  const failed = verdict.end === 'wrong' ? await failedStepsOf(visit.world, visit.onboardingId) : []
  return { cell, found, failed, ...verdict }
}

type Row = Pick<
  Found,
  'result' | 'blockedOn' | 'customerStatus' | 'recorded' | 'enrollments' | 'persons' | 'submissions'
>

async function findOut(visit: Visit, { flow }: Cell): Promise<Omit<Found, 'hits' | 'trouble' | 'othersGone'>> {
  const { world, bc } = visit
  const [row] = await world.sql<Row[]>`
    select o.result, o.blocked_on, b.status as customer_status,
      (select count(*)::integer from payment_attempts a where a.onboarding_id = o.id) as submissions,
      (select coalesce(json_agg(c.state), '[]') from charges c where c.billing_customer_id = b.id) as recorded,
      (select count(*)::integer from enrollments e
        where e.billing_customer_id = b.id and e.status = 'active') as enrollments,
      (select coalesce(json_agg(v.data ->> 'reason'), '[]') from events v
        where v.billing_customer_id = b.id and v.type = 'onboarding.needs_person') as persons
    from billing_customers b join onboardings o on o.billing_customer_id = b.id where b.id = ${bc}`
  const charges = (await chargesOf(visit)).map(({ amount, refunded_amount }) => ({ amount, refunded: refunded_amount }))
  return { ...row!, charges, elsewhere: await elsewhereOf(visit, flow), methods: await methodsOf(visit, flow) }
}

/** Returns the number of charges and recorded objects at another account than that of the customer's organization. */
async function elsewhereOf(visit: Visit, { gateway }: Flow): Promise<number> {
  const { world, bc, place } = visit
  const ledger = await world.request(`${simulatorUrl(world, gateway)}/_sim/ledger?account=${place.account.vendor}`)
  const here = new Set((ledger.body.charges as { id: string }[]).map(({ id }) => id))
  const rows = await world.sql`
    select account_id from charges where billing_customer_id = ${bc}
    union all select p.account_id from payment_objects p join onboardings o on o.id = p.onboarding_id
      where o.billing_customer_id = ${bc}
    union all select account_id from billing_customers where id = ${bc} and payment_method_id is not null`
  const recorded = rows.filter(({ accountId }) => accountId !== place.account.ours)
  return (await chargesOf(visit)).filter(({ id }) => !here.has(id)).length + recorded.length
}

interface Ledger {
  customers: { id: string; metadata: object }[]
  payment_methods: { customer: string | null }[]
}

/** Returns the number of the customer's payment methods at the gateway, which stores our customer id. */
async function methodsOf({ world, customerId }: Visit, { gateway }: Flow): Promise<number> {
  const { customers, payment_methods } = (await world.request(`${simulatorUrl(world, gateway)}/_sim/ledger`))
    .body as Ledger
  const theirs = customers.filter(({ metadata }) => JSON.stringify(metadata).includes(customerId)).map(({ id }) => id)
  return payment_methods.filter(({ customer }) => customer !== null && theirs.includes(customer)).length
}

async function hitsOf(world: World, { flow, times }: Cell, faultId: string): Promise<number> {
  const { body } = await world.request(`${simulatorUrl(world, flow.gateway)}/_sim/faults`)
  const left = (body.faults as { id: string; times: number }[]).find(({ id }) => id === faultId)
  return times - (left?.times ?? 0)
}

/** Maps a list with limited concurrency, in order. */
async function eachOf<T, R>(list: T[], atOnce: number, work: (each: T, n: number) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const left = [...list.entries()]
  const lane = async () => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await work(next[1], next[0])
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, lane))
  return results
}
