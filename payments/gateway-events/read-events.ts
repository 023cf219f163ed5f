import { setTimeout as sleep } from 'node:timers/promises'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import type { EventPage, GatewayEvent, PaymentGateway } from '../../gateways/gateway.ts'
import type { Period } from '../../gateways/listed.ts'
import type { DueEventList } from '../../store/charges/event-lists.ts'
import { beginWindowAgain, storePage } from '../../store/charges/gateway-lists.ts'
import { listProcessed } from '../../store/events/gateway-events.ts'
import type { EventDependencies } from './dependencies.ts'
import { processEvent } from './process-event.ts'

// What webhooks did not bring is read from the gateway's list of events (docs/decisions/0060).

export interface ListDependencies extends EventDependencies {
  log: EventDependencies['log'] & Record<'warn' | 'error', (fields: object, message: string) => void>
  /** Called for each event that no webhook had brought. */
  eventFound(account: GatewayAccount): void
}

/** The list of an account's events. */
export interface EventList extends DueEventList {
  account: GatewayAccount
  gateway: Pick<PaymentGateway, 'listEvents'>
  /** Whether the time of the turn is over. */
  isOver(): boolean
}

// Milliseconds.
/** After which a list shows every event: what is younger is read again. */
const completeAfter = 900_000
/** For which an event is left to the webhook endpoint. */
const mayArrive = 60_000
/** Between two readings, and before an early event is processed again. */
const every = 600_000
const soonest = 60_000
/** Between two calls to one account: a tenth of the calls that the gateways allow. */
const pause = 100

/**
 * Processes the events of an account that no webhook brought, from where its list was read last, page by page, newest
 * first. Where it stands is stored after each page. Returns when the list is due again; `over` if the time was over
 * before its end, and `stopped` if an event could not be processed: the next turn begins with the same page. Throws as
 * the port if the list cannot be read.
 */
export async function readEvents(d: ListDependencies, list: EventList): Promise<Date | 'over' | 'stopped'> {
  const of = { accountId: list.accountId, list: 'events' }
  const from = new Date(list.comparedUntil.getTime() - completeAfter)
  const end = list.windowEnd ?? new Date(Date.now() - mayArrive)
  let to = end
  let after = list.nextPage
  do {
    if (list.isOver()) return 'over'
    const page = await readPage(list, { from, to }, after)
    if (!page) {
      await beginWindowAgain(d.database, of)
      return 'over'
    }
    const { end: how, early } = await processPage(d, list, page.events)
    if (how) return how
    // The next reading begins before an early event, and shows it again.
    if (early && early < to) to = early
    await storePage(d.database, of, { window: { from, to }, next: page.next, until: to, isLast: true })
    after = page.next
    if (after) await sleep(pause)
  } while (after)
  return new Date(Math.max(end.getTime() + every, Date.now() + soonest))
}

/** Returns undefined if the gateway does not know the page before any longer. */
async function readPage({ gateway }: EventList, period: Period, after: string | null): Promise<EventPage | undefined> {
  try {
    return await gateway.listEvents!(period, after)
  } catch (error) {
    if (after !== null && isGatewayError(error, 'not_found')) return undefined
    throw error
  }
}

/** `end`: why the page was not processed to its end. `early`: when its oldest early event was created. */
async function processPage(
  d: ListDependencies,
  list: EventList,
  events: GatewayEvent[],
): Promise<{ end?: 'over' | 'stopped'; early?: Date }> {
  const ids = events.map(({ id }) => id)
  const processed = await listProcessed(d.database, list.account, ids)
  let early: Date | undefined
  for (const event of events.filter(({ id }) => !processed.has(id))) {
    if (list.isOver()) return { end: 'over' }
    const state = await processListed(d, list, event)
    if (state === 'stopped') return { end: 'stopped' }
    if (state === 'later' && (!early || event.createdAt < early)) early = event.createdAt
  }
  return early ? { early } : {}
}

/**
 * Processes one event. One whose object may not be read is left out, and any that has stopped the list for an hour: a
 * webhook can still bring it, and reconciliation compares its charge.
 */
async function processListed(d: ListDependencies, list: EventList, event: GatewayEvent) {
  const { accountId, account, isStuck } = list
  try {
    const state = await processEvent(d, account, event)
    if (state !== 'later') d.eventFound(account)
    return state
  } catch (error) {
    const code = isGatewayError(error) ? error.vendorCode : (error as { code?: string }).code
    const fields = { account: accountId, event: event.id, type: event.type, code }
    const isLeftOut = isStuck || isGatewayError(error, 'refused')
    if (isLeftOut) d.log.error(fields, 'a listed event cannot be processed, and is left out')
    else d.log.warn(fields, 'a listed event could not be processed; retrying')
    return isLeftOut ? 'left out' : 'stopped'
  }
}
