import type { GatewayEvent } from '../../../gateways/gateway-event.ts'
import type { PaymentGateway } from '../../../gateways/gateway.ts'
import { readEvents } from '../../../payments/gateway-events/read-events.ts'
import { claimDueEventLists } from '../../../store/charges/event-lists.ts'
import { startEventLists } from '../../../worker/recovery/event-lists.ts'
import { until } from '../until.ts'
import type { World } from '../world/world.ts'

export const shared = 'ga_stripe_sandbox'

/** Starts what reads the lists of events in a worker. */
export const startReading = (world: World) => {
  const { sql: database, gateways, settingDefaults, client, taskQueue, log } = world
  return startEventLists({ database, gateways, settingDefaults, client, taskQueue, log, every: 20 })
}

export interface ListRow {
  comparedUntil: Date
  dueAt: Date
  finishedAt: Date | null
  stoppedSince: Date | null
  nextPage: string | null
}

export const listOf = async (world: World, accountId = shared): Promise<ListRow | undefined> =>
  (
    await world.sql<ListRow[]>`
      select compared_until, due_at, finished_at, stopped_since, next_page from gateway_lists
      where account_id = ${accountId} and list = 'events'`
  )[0]

export const makeDue = (world: World, accountId: string) =>
  world.sql`update gateway_lists set due_at = now() where account_id = ${accountId} and list = 'events'`

/** Reads the list of an account as a worker does, until it is due later. Returns its row. */
export async function readList(world: World, accountId = shared): Promise<ListRow> {
  await makeDue(world, accountId)
  const [{ began }] = await world.sql<[{ began: Date }]>`select clock_timestamp() as began`
  const reading = startReading(world)
  try {
    // A new list is due at once, one that is claimed in two minutes, and one that was read in one, ten or sixty.
    const isRead = (row: ListRow | undefined) => {
      const dueIn = row ? row.dueAt.getTime() - began.getTime() : 0
      return dueIn > 30_000 && (row!.finishedAt! > began || Math.abs(dueIn - 120_000) > 30_000)
    }
    return (await until(() => listOf(world, accountId), isRead))!
  } finally {
    await reading.stop()
  }
}

/** Reads a list until `isOver`, but for its gateway's calls as `gateway` makes them. Returns as `readEvents`. */
export async function readWith(
  world: World,
  accountId: string,
  gateway: Pick<PaymentGateway, 'listEvents'>,
  isOver = () => false,
) {
  await makeDue(world, accountId)
  const list = (await claimDueEventLists(world.sql, 100)).find((each) => each.accountId === accountId)!
  const account = await world.gateways.accountOf(accountId)
  const runs = { signal: () => {}, settleCharge: () => Promise.reject(new Error('nothing was to be settled')) }
  const { sql: database, gateways, settingDefaults, log } = world
  const d = { database, gateways, settingDefaults, log, runs, eventFound: () => {}, afterAccountChange: () => {} }
  return readEvents(d, { ...list, account, gateway, isOver })
}

/** A list with these events only. */
export const listing = (...events: GatewayEvent[]) => ({ listEvents: async () => ({ events, next: null }) })
