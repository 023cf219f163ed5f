import { Counter } from 'prom-client'
import { eventTypes, type EventType } from '../domain/events/events.ts'
import { gatewayNames, type Environment, type GatewayName } from '../domain/lifecycle.ts'
import { declineCodes, knownDeclineCode } from '../domain/payment/declines.ts'
import { registry } from './registry.ts'

// What happened to customers and money. Counted after the commit, by the process that made the change.

const environment = 'environment'

const events = new Counter({
  name: 'events_total',
  help: 'Events by type (docs/events.md): charges, refunds, disputes, enrollments, tasks for operators and others.',
  labelNames: [environment, 'type'],
  registers: [registry],
})

const created = new Counter({
  name: 'onboarding_created_total',
  help: 'Onboardings that began.',
  labelNames: [environment],
  registers: [registry],
})

const ended = new Counter({
  name: 'onboarding_ended_total',
  help: 'Onboardings that ended, by result.',
  labelNames: [environment, 'result'],
  registers: [registry],
})

const attempts = new Counter({
  name: 'payment_attempts_total',
  help: 'Payment attempts that ended: paid, declined by the bank, or void. `code` says why (docs/declines.md).',
  labelNames: [environment, 'gateway', 'outcome', 'code'],
  registers: [registry],
})

const results = ['completed', 'expired', 'canceled', 'failed'] as const

// Each series begins with 0: `increase` of Prometheus does not see the event with which a series begins.
for (const each of ['live', 'sandbox'] satisfies Environment[]) {
  created.inc({ environment: each }, 0)
  for (const type of eventTypes) events.inc({ environment: each, type }, 0)
  for (const result of results) ended.inc({ environment: each, result }, 0)
  for (const gateway of gatewayNames) {
    attempts.inc({ environment: each, gateway, outcome: 'paid', code: '' }, 0)
    for (const code of declineCodes) attempts.inc({ environment: each, gateway, outcome: 'declined', code }, 0)
  }
}

/** Records an event that was written. */
export function eventWritten(type: EventType, of: string): void {
  events.inc({ environment: of, type })
  if (type === 'billing_customer.setup_started') created.inc({ environment: of })
  const result = results.find((each) => type === `onboarding.${each}`)
  if (result) ended.inc({ environment: of, result })
}

export interface EndedAttempt {
  environment: Environment
  gateway: GatewayName
}

/** Records that a payment attempt ended. `code` is null if it was paid. */
export function attemptEnded(of: EndedAttempt, outcome: 'paid' | 'declined' | 'void', code: string | null): void {
  const why = outcome === 'paid' ? '' : knownDeclineCode(code)
  attempts.inc({ environment: of.environment, gateway: of.gateway, outcome, code: why })
}
