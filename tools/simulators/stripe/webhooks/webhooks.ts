import Stripe from 'stripe'
import { Deliveries, isDone, statusOf } from '../../deliveries.ts'
import type { WebhookOrder } from '../../faults.ts'
import type { StripeAccounts } from '../accounts/accounts.ts'
import type { Judge } from '../judge/judge.ts'
import type { StripeState } from '../behavior/state.ts'
import { inMode } from '../in-mode.ts'
import { platformOf } from '../accounts/connected.ts'
import { endpointsOf, signingSecrets } from './endpoints.ts'

export interface WebhookTarget {
  url: string
  secret: string
  /** The event types that the endpoint subscribes to. A final `*` is a wildcard. */
  events?: string[]
  /** The endpoint for events of accounts that are connected to the default account. */
  connect?: Omit<WebhookTarget, 'connect'>
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

/** Those that it tells operators of a platform to subscribe to, of connected accounts. */
export const connectEvents = [...endpointEvents, 'account.updated', 'account.application.deauthorized']

/** docs.stripe.com/webhooks#retries: up to three days in live mode. Measured by the simulator's clock. */
const triedFor = 3 * 86_400

/** `created`: in seconds since the epoch. */
export type EventFields = Partial<Pick<Stripe.Event, 'created' | 'api_version'>>

/** `number`: in the order of creation. */
export interface StoredEvent {
  number: number
  event: Stripe.Event
}

/** An endpoint that gets events of an account. */
interface Endpoint {
  url: string
  /** The secrets that sign. */
  secrets: string[]
  /** The API version of the events, or null for the account's default version. */
  version: string | null
  events: string[]
  /** The account whose event it is, in events of connected accounts. */
  account?: string
}

/** An event on its way to an endpoint, which is looked up again at each attempt. */
interface Delivery {
  event: Stripe.Event
  endpoint: () => Endpoint | undefined
}

const defaultVersion = '2026-10-28.endive'

const asksFor = ({ events }: Endpoint, type: string) =>
  events.some((wanted) => (wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type))

/** Sends signed events to the endpoints of each account, retries until they are accepted, and resends on demand. */
export class Webhooks {
  private readonly accounts: StripeAccounts
  private readonly target: () => WebhookTarget | undefined
  readonly deliveries: Deliveries<Delivery>
  private readonly signer = new Stripe('sk_test_simulator', { telemetry: false }).webhooks
  private readonly judge: Judge | undefined

  /** `target`: an endpoint of the default account that no call has created, and one of its connected accounts. */
  constructor(accounts: StripeAccounts, target: () => WebhookTarget | undefined, judge: Judge | undefined) {
    this.accounts = accounts
    this.target = target
    this.judge = judge
    const now = () => accounts.default.state.now()
    this.deliveries = new Deliveries((delivery, forge) => this.deliver(delivery, forge), { now, giveUpAfter: triedFor })
  }

  /** Sends the events that the current call recorded. Returns their violations. */
  emitHappened(state: StripeState): string[] {
    return state.takeHappened().flatMap(({ type, object }) => this.emit(state, type, object))
  }

  /**
   * Stores an event of an account and sends it. Returns its violations of the vendor's types, if they are checked.
   * `more`: fields that differ from those of an event of now.
   */
  emit(state: StripeState, type: string, object: object, more: EventFields = {}): string[] {
    const event = this.store(state, type, object, more)
    for (const delivery of this.deliveriesOf(state, event)) this.deliveries.send(delivery)
    return this.judge?.event(event) ?? []
  }

  /** Stores an event that lists show and no endpoint gets. */
  store(state: StripeState, type: string, object: object, more: EventFields = {}): Stripe.Event {
    const id = state.newId('evt')
    const event = {
      id,
      object: 'event',
      api_version: defaultVersion,
      created: state.now(),
      data: { object: inMode(object, state.livemode) },
      livemode: state.livemode,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
      ...more,
    } as unknown as Stripe.Event
    state.journal.put('events', id, { number: state.journal.count('events'), event } satisfies StoredEvent)
    return event
  }

  /** Resends the newest event of a type, or all events, to the endpoints that subscribe. Returns the number of them. */
  resend(order: WebhookOrder): number {
    const chosen = order.account ? [this.accounts.asked({ account: order.account })] : this.accounts.all()
    const all = chosen.flatMap(({ state }) =>
      state.journal
        .list<StoredEvent>('events')
        .sort((a, b) => a.number - b.number)
        .flatMap(({ event }) => this.deliveriesOf(state, event)),
    )
    return this.deliveries.resend(all, order, ({ event }) => event)
  }

  stop(): void {
    this.deliveries.stop()
  }

  private deliveriesOf(state: StripeState, event: Stripe.Event): Delivery[] {
    return this.lookups(state)
      .map((endpoint) => ({ event, endpoint }))
      .filter(({ endpoint }) => {
        const found = endpoint()
        return found !== undefined && asksFor(found, event.type)
      })
  }

  /** Returns lookups of the endpoints that can get events of an account. */
  private lookups(state: StripeState): Delivery['endpoint'][] {
    const platform = platformOf(state)
    return [
      ...(state === this.accounts.default.state ? [() => this.configured()] : []),
      ...endpointIds(state, false).map((id) => () => lookUp(state, id)),
      ...(platform === this.accounts.default.state ? [() => this.configured(state.id)] : []),
      ...(platform ? endpointIds(platform, true).map((id) => () => lookUp(platform, id, state.id)) : []),
    ]
  }

  /** Returns the endpoint of the default account that no call has created, or the one for a connected account. */
  private configured(account?: string): Endpoint | undefined {
    const target = account ? this.target()?.connect : this.target()
    if (!target) return undefined
    const { url, secret, events = account ? connectEvents : endpointEvents } = target
    return { url, secrets: [secret], version: null, events, ...(account ? { account } : {}) }
  }

  private async deliver({ event, endpoint }: Delivery, forge: boolean): Promise<boolean> {
    const to = endpoint()
    if (!to) return true
    const payload = JSON.stringify({
      ...event,
      api_version: to.version ?? event.api_version,
      ...(to.account ? { account: to.account } : {}),
    })
    const signature = this.signature(payload, forge ? ['whsec_of_somebody_else'] : to.secrets)
    return isDone(await statusOf(to.url, payload, { 'Stripe-Signature': signature }), forge)
  }

  /** Returns a header with a signature by each secret. */
  private signature(payload: string, secrets: string[]): string {
    const timestamp = Math.floor(Date.now() / 1000)
    const signatures = secrets.map((secret) =>
      this.signer.generateTestHeaderString({ payload, secret, timestamp }).replace(/^t=\d+,/, ''),
    )
    return [`t=${timestamp}`, ...signatures].join()
  }
}

/** Returns the endpoints for the account's own events, or those for events of its connected accounts. */
const endpointIds = (state: StripeState, ofConnected: boolean): string[] =>
  endpointsOf(state).flatMap(({ endpoint, connect }) => (connect === ofConnected ? [endpoint.id] : []))

/** Returns an endpoint that an account has and has not disabled. `account`: the connected account whose event it is. */
function lookUp(state: StripeState, id: string, account?: string): Endpoint | undefined {
  const stored = endpointsOf(state).find(({ endpoint }) => endpoint.id === id)
  if (stored?.endpoint.status !== 'enabled') return undefined
  const { url, api_version, enabled_events } = stored.endpoint
  const secrets = signingSecrets(stored, state.now())
  return { url, secrets, version: api_version, events: enabled_events, ...(account ? { account } : {}) }
}
