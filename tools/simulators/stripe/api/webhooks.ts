import Stripe from 'stripe'
import { Deliveries, isDone, statusOf } from '../../deliveries.ts'
import type { WebhookOrder } from '../../faults.ts'
import type { StripeAccounts } from '../accounts/accounts.ts'
import type { Judge } from '../judge/judge.ts'
import type { StripeState } from '../behavior/state.ts'
import { inMode } from '../in-mode.ts'

export interface WebhookTarget {
  url: string
  secret: string
  /** The event types that the endpoint subscribes to. A final `*` is a wildcard. */
  events?: string[]
}

/** The event types that docs/operations.md tells operators to subscribe to. */
export const endpointEvents = [
  'payment_intent.*',
  'setup_intent.*',
  'charge.refunded',
  'charge.dispute.created',
  'refund.*',
  'radar.early_fraud_warning.created',
  'payment_method.detached',
  'payment_method.automatically_updated',
  'customer.deleted',
]

const asksFor = ({ events = endpointEvents }: WebhookTarget, type: string) =>
  events.some((wanted) => (wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type))

/** docs.stripe.com/webhooks#retries: up to three days in live mode. Measured by the simulator's clock. */
const triedFor = 3 * 86_400

interface StoredEvent {
  number: number
  event: Stripe.Event
}

/** Sends signed events to the endpoint, retries until it accepts them, and resends on demand. */
export class Webhooks {
  private readonly accounts: StripeAccounts
  private readonly target: () => WebhookTarget | undefined
  readonly deliveries: Deliveries<Stripe.Event>
  private readonly signer = new Stripe('sk_test_simulator', { telemetry: false }).webhooks
  private readonly judge: Judge | undefined

  /** `target`: the endpoint of the default account. */
  constructor(accounts: StripeAccounts, target: () => WebhookTarget | undefined, judge: Judge | undefined) {
    this.accounts = accounts
    this.target = target
    this.judge = judge
    const deliver = (event: Stripe.Event, forge: boolean) => this.deliver(event, forge)
    this.deliveries = new Deliveries(deliver, { now: () => accounts.default.state.now(), giveUpAfter: triedFor })
  }

  /** Sends the events that the current call recorded. Returns their violations. */
  emitHappened(state: StripeState): string[] {
    return state.takeHappened().flatMap(({ type, object }) => this.emit(state, type, object))
  }

  /** Stores an event of an account and sends it. Returns its violations of the vendor's types, if they are checked. */
  emit(state: StripeState, type: string, object: object): string[] {
    const id = state.newId('evt')
    const event = {
      id,
      object: 'event',
      api_version: '2026-10-28.endive',
      created: state.now(),
      data: { object: inMode(object, state.livemode) },
      livemode: state.livemode,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    } as unknown as Stripe.Event
    state.journal.put('events', id, { number: state.journal.count('events'), event } satisfies StoredEvent)
    if (state === this.accounts.default.state && this.isAskedFor(event)) this.deliveries.send(event)
    return this.judge?.event(event) ?? []
  }

  /** Resends the newest event of a type, or all that the endpoint subscribes to. Returns the number of deliveries. */
  resend(order: WebhookOrder): number {
    const stored = this.accounts.default.state.journal.list<StoredEvent>('events').sort((a, b) => a.number - b.number)
    const all = stored.map(({ event }) => event).filter((event) => this.isAskedFor(event))
    return this.deliveries.resend(all, order, (event) => event)
  }

  stop(): void {
    this.deliveries.stop()
  }

  private isAskedFor({ type }: Stripe.Event): boolean {
    const target = this.target()
    return target !== undefined && asksFor(target, type)
  }

  private async deliver(event: Stripe.Event, forge: boolean): Promise<boolean> {
    const target = this.target()
    if (!target) return true
    const payload = JSON.stringify(event)
    const secret = forge ? 'whsec_of_somebody_else' : target.secret
    const headers = { 'Stripe-Signature': this.signer.generateTestHeaderString({ payload, secret }) }
    return isDone(await statusOf(target.url, payload, headers), forge)
  }
}
