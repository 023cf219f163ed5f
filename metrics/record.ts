import { setTimeout as sleep } from 'node:timers/promises'
import { Gauge } from 'prom-client'
import { personReasons, type PersonReason } from '../domain/onboarding/person-reasons.ts'
import { registry } from './registry.ts'
import { pushesFailingFor } from './runs.ts'

// What the record shows now. Every process reports it, so that it is seen without a worker: use `max` over processes.

/** Gateway accounts by whose they are: `installation`, `own` of an organization, or `connected` to ours. */
interface AccountKind {
  environment: string
  gateway: string
  account: string
}

/** What a look at the record returns. */
export interface RecordState {
  live: {
    environment: string
    gateway: string
    blockedOn: string | null
    reason: string | null
    step: string
    count: number
  }[]
  /** Seconds since which the record waits for a run; 0 if it does not. */
  overdueFor: number
  charges: { environment: string; state: string; count: number }[]
  deadEvents: { gateway: string; count: number }[]
  endpoints: { state: string; count: number }[]
  /** Seconds since which the delivery to a healthy receiver is due; 0 if none is. */
  deliveryDueFor: number
  /** Seconds since 1970. */
  reconciledAt: number
  /** `at`: when the list of events of every account of the kind was last read to its end, in seconds since 1970. */
  eventsReadAt: (AccountKind & { at: number })[]
  /** `until`: before which every account of the kind was compared, in seconds since 1970. */
  compared: (AccountKind & { until: number })[]
}

const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
  new Gauge({ name, help, labelNames, registers: [registry] })

const readable = gauge('record_readable', 'Whether this process could read the record for this scrape.')
const live = gauge('onboarding_live', 'Live onboardings, by whom they wait for and their step.', [
  ...(['environment', 'gateway', 'blocked_on', 'reason', 'step'] as const),
])
// Includes charges with a pending refund and bulk onboardings.
const overdue = gauge(
  'onboarding_oldest_overdue_wake_seconds',
  'How long the record has waited for a run: no worker, no Temporal, or a build that cannot replay the run.',
)
const charges = gauge('charges_unsettled', 'Charges whose money is on its way or in question.', [
  'environment',
  'state',
])
const dead = gauge('gateway_events_dead', 'Gateway events whose object was not found within an hour.', ['gateway'])
const endpoints = gauge('webhook_endpoints', 'Webhook endpoints, by their health.', ['state'])
const deliveryDue = gauge(
  'webhook_oldest_due_delivery_seconds',
  'How long a delivery to a healthy receiver is overdue.',
)
const reconciled = gauge(
  'janitor_last_round_completed_timestamp_seconds',
  'When reconciliation last compared all charges with the gateways.',
)
const eventsRead = gauge(
  'gateway_events_read_timestamp_seconds',
  'When the lists of events of gateway accounts were last read to their end: the oldest of each kind of account.',
  ['environment', 'gateway', 'account'],
)
const compared = gauge(
  'janitor_oldest_compared_timestamp_seconds',
  'Until when the lists of gateway accounts were compared: the oldest of each kind of account.',
  ['environment', 'gateway', 'account'],
)
const all = [...[readable, live, overdue, charges, dead, endpoints, deliveryDue], ...[reconciled, eventsRead, compared]]

/** A newer version may have stored a reason that this one does not know. */
const reasonOf = (reason: string | null) =>
  reason === null || personReasons.includes(reason as PersonReason) ? (reason ?? '') : 'other'

/** Sets the gauges. Without a state, the record could not be read, and nothing is reported of it. */
export function showRecord(state: RecordState | undefined): void {
  for (const each of all) each.reset()
  readable.set(state ? 1 : 0)
  if (!state) {
    // A gauge without labels would read 0: all is well.
    overdue.set(Number.NaN)
    deliveryDue.set(Number.NaN)
    reconciled.set(Number.NaN)
    return
  }
  for (const { environment, gateway, blockedOn, reason, step, count } of state.live)
    live.inc({ environment, gateway, blocked_on: blockedOn ?? 'nobody', reason: reasonOf(reason), step }, count)
  overdue.set(Math.max(state.overdueFor, pushesFailingFor()))
  for (const { environment, state: of, count } of state.charges) charges.set({ environment, state: of }, count)
  for (const { gateway, count } of state.deadEvents) dead.set({ gateway }, count)
  for (const { state: of, count } of state.endpoints) endpoints.set({ state: of }, count)
  deliveryDue.set(state.deliveryDueFor)
  reconciled.set(state.reconciledAt)
  for (const { at, ...account } of state.eventsReadAt) eventsRead.set(account, at)
  for (const { until, ...account } of state.compared) compared.set(account, until)
}

/** Milliseconds for which a look at the record is used again, whoever scrapes. */
const lifetime = 5_000

/**
 * Returns the metrics of this process as text, with the state of the record. `patience`: milliseconds after which the
 * record counts as unreadable. While the database is down, statements wait behind those of calls; a scrape that waited
 * with them would fail, and nothing would say that calls fail.
 */
export function metricsWithRecord(read: () => Promise<RecordState>): (patience: number) => Promise<string> {
  let readAt = -Infinity
  let reading: Promise<void> | undefined
  const refresh = async () => {
    if (performance.now() - readAt < lifetime) return
    readAt = performance.now()
    showRecord(await read().catch(() => undefined))
  }
  return async (patience) => {
    reading ??= refresh().finally(() => (reading = undefined))
    const isLate = await Promise.race([reading.then(() => false), sleep(patience, true, { ref: false })])
    if (isLate) showRecord(undefined)
    return registry.metrics()
  }
}
