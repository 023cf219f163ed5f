import { Counter, Histogram } from 'prom-client'
import { gatewayNames, type Environment, type GatewayName } from '../domain/lifecycle.ts'
import type { GatewayErrorKind } from '../domain/payment/gateway-errors.ts'
import { callBuckets, registry } from './registry.ts'

const calls = new Counter({
  name: 'gateway_calls_total',
  help: 'Calls to gateways. A decline is `ok`; other outcomes are those of GatewayError.',
  labelNames: ['gateway', 'environment', 'call', 'outcome'],
  registers: [registry],
})

const callDuration = new Histogram({
  name: 'gateway_call_duration_seconds',
  help: 'Duration of calls to gateways.',
  labelNames: ['gateway', 'environment', 'call'],
  buckets: callBuckets,
  registers: [registry],
})

const eventLag = new Histogram({
  name: 'gateway_event_lag_seconds',
  help: 'Time between the creation of an event at the gateway and its arrival.',
  labelNames: ['gateway', 'environment'],
  buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3_600, 14_400, 86_400],
  registers: [registry],
})

const eventsFound = new Counter({
  name: 'gateway_events_found_total',
  help: 'Events that no webhook had brought, read from the lists of the gateways.',
  labelNames: ['gateway', 'environment'],
  registers: [registry],
})

const eventsEarly = new Counter({
  name: 'gateway_events_early_total',
  help: 'Events of the last 10 minutes that came before their payment was recorded, and will be sent again.',
  labelNames: ['gateway', 'environment'],
  registers: [registry],
})
/** How long an event can be early, in milliseconds: by then, the gateways have sent it again. */
const longestEarly = 600_000

const eventsRefused = new Counter({
  name: 'gateway_events_refused_total',
  help: 'Events of gateways that were rejected, by reason (docs/operations.md).',
  labelNames: ['gateway', 'reason'],
  registers: [registry],
})

/** As in `store/events/gateway-events.ts`. */
const refusals = ['forged', 'not_trusted', 'other_version'] as const
// See metrics/billing.ts.
for (const gateway of gatewayNames) {
  for (const reason of refusals) eventsRefused.inc({ gateway, reason }, 0)
  for (const environment of ['live', 'sandbox'] satisfies Environment[]) {
    eventsFound.inc({ gateway, environment }, 0)
    eventsEarly.inc({ gateway, environment }, 0)
  }
}

export interface MeasuredCall {
  gateway: GatewayName
  environment: Environment
  /** The function of the port, such as `confirm`. */
  call: string
  /** `error`: an error that is not the gateway's. */
  outcome: 'ok' | GatewayErrorKind | 'error'
  seconds: number
}

/** Records one call to a gateway. */
export function gatewayCallEnded({ gateway, environment, call, outcome, seconds }: MeasuredCall): void {
  calls.inc({ gateway, environment, call, outcome })
  callDuration.observe({ gateway, environment, call }, seconds)
}

/** Records the arrival of an event that the gateway created at `createdAt`. */
export function gatewayEventArrived(gateway: GatewayName, environment: Environment, createdAt: Date): void {
  eventLag.observe({ gateway, environment }, Math.max(0, (Date.now() - createdAt.getTime()) / 1_000))
}

/** Records that an event was read from the gateway's list, and that no webhook had brought it. */
export const gatewayEventFound = (gateway: GatewayName, environment: Environment): void =>
  eventsFound.inc({ gateway, environment })

/**
 * Records that an event came before its payment was recorded and must be sent again. Not for one that the gateway
 * created more than 10 minutes ago: it counts as failed.
 */
export function gatewayEventEarly(gateway: GatewayName, environment: Environment, createdAt: Date): void {
  if (Date.now() - createdAt.getTime() <= longestEarly) eventsEarly.inc({ gateway, environment })
}

/** Records that an event was rejected. */
export const gatewayEventRefused = (gateway: GatewayName, reason: (typeof refusals)[number]): void =>
  eventsRefused.inc({ gateway, reason })
