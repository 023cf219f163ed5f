import { createSign, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Deliveries, isDone, statusOf } from '../../deliveries.ts'
import type { WebhookOrder } from '../../faults.ts'
import { time, type Event } from '../behavior/call.ts'
import type { PayPalAccounts } from '../accounts/accounts.ts'
import { webhooksOf } from './endpoints.ts'
import type { Certificates } from '../certificates.ts'
import type { PayPalState } from '../behavior/state.ts'

export interface WebhookTarget {
  url: string
  /** Part of the signature. PayPal assigns it when the endpoint is registered. */
  webhookId: string
}

interface StoredEvent {
  number: number
  event: { id: string; event_type: string; resource: object }
  /** The webhooks that have not accepted the event yet. */
  waits_for?: string[]
  /** Whether a control call created the event. */
  madeUp: boolean
}

const resources: Record<string, { resource_type: string; resource_version: string }> = {
  VAULT: { resource_type: 'payment_token', resource_version: '3.0' },
  PAYMENT: { resource_type: 'capture', resource_version: '2.0' },
  CUSTOMER: { resource_type: 'dispute', resource_version: '1.0' },
  CHECKOUT: { resource_type: 'checkout-order', resource_version: '2.0' },
}

/** The name of the endpoint of the default account that no call has created. */
const configured = 'configured'

/** An event on its way to a webhook, which is looked up again at each attempt. */
interface Delivery {
  state: PayPalState
  event: StoredEvent['event']
  /** The webhook's id, or `configured`. */
  to: string
}

/** Sends signed events to the webhooks of each account, retries until they are accepted, and resends on demand. */
export class Webhooks {
  private readonly accounts: PayPalAccounts
  private readonly certificates: Certificates
  private target: WebhookTarget | undefined
  private forgedKey: KeyObject | undefined
  private stopped = false
  readonly deliveries = new Deliveries<Delivery>((delivery, forge) => this.deliver(delivery, forge))

  constructor(accounts: PayPalAccounts, certificates: Certificates) {
    this.accounts = accounts
    this.certificates = certificates
  }

  /** Sets the endpoint of the default account, and sends it the events that an earlier process could not deliver. */
  sendTo(target: WebhookTarget): void {
    this.target = target
    this.sendWaiting((to) => to === configured)
  }

  /** Sends the events that an earlier process could not deliver to the webhooks that calls have created. */
  resume(): void {
    this.sendWaiting((to) => to !== configured)
  }

  private sendWaiting(isMeant: (to: string) => boolean): void {
    for (const { state, stored } of this.all())
      for (const to of (stored.waits_for ?? []).filter(isMeant))
        this.deliveries.send({ state, event: stored.event, to })
  }

  /** Stores an event of an account and sends it. */
  emit(state: PayPalState, { type, resource }: Event, madeUp = false): void {
    const id = `WH-${state.newId()}-${state.newId()}`
    const self = `${state.url}/v1/notifications/webhooks-events/${id}`
    const refund = type.endsWith('.REFUNDED') ? { resource_type: 'refund' } : {}
    const event = {
      id,
      event_version: '1.0',
      create_time: time(state.now()),
      ...resources[type.split('.')[0]!],
      ...refund,
      event_type: type,
      summary: `${type} of the simulator`,
      resource,
      links: [
        { href: self, rel: 'self', method: 'GET' },
        { href: `${self}/resend`, rel: 'resend', method: 'POST' },
      ],
    }
    const to = this.subscribed(state, type)
    const waits_for = to.filter((each) => each !== configured || this.target !== undefined)
    const number = state.journal.count('events')
    state.journal.put('events', id, { number, event, waits_for, madeUp } satisfies StoredEvent)
    for (const each of to) this.deliveries.send({ state, event, to: each })
  }

  /** Returns the webhooks that get an event type of an account. */
  private subscribed(state: PayPalState, type: string): string[] {
    const asks = webhooksOf(state).filter(({ event_types }) =>
      event_types.some((name) => name === '*' || name === type),
    )
    return [...(state === this.accounts.default.state ? [configured] : []), ...asks.map(({ id }) => id)]
  }

  /** Returns the events that were not created by a control call. */
  genuine(): StoredEvent['event'][] {
    return this.all().flatMap(({ stored }) => (stored.madeUp ? [] : [stored.event]))
  }

  /** Resends the newest event of a type, or all events, to the webhooks that subscribe. Returns the number of them. */
  resend(order: WebhookOrder): number {
    const chosen = order.account ? [this.accounts.asked({ account: order.account })] : this.accounts.all()
    const all = this.all(chosen).flatMap(({ state, stored: { event } }) =>
      this.subscribed(state, event.event_type).map((to) => ({ state, event, to })),
    )
    return this.deliveries.resend(all, order, ({ event: { id, event_type } }) => ({ id, type: event_type }))
  }

  stop(): void {
    this.deliveries.stop()
    this.stopped = true
  }

  /** Returns the events of accounts, each account's in order. */
  private all(accounts = this.accounts.all()): { state: PayPalState; stored: StoredEvent }[] {
    return accounts.flatMap(({ state }) =>
      state.journal
        .list<StoredEvent>('events')
        .sort((a, b) => a.number - b.number)
        .map((stored) => ({ state, stored })),
    )
  }

  private lookUp({ state, to }: Delivery): WebhookTarget | undefined {
    if (to === configured) return this.target
    const found = webhooksOf(state).find(({ id }) => id === to)
    return found && { url: found.url, webhookId: found.id }
  }

  private async deliver(delivery: Delivery, forge: boolean): Promise<boolean> {
    const webhook = this.lookUp(delivery)
    if (!webhook || this.stopped) return true
    // PayPal does not specify the body's whitespace. This body differs from a reserialized one.
    const body = JSON.stringify(delivery.event, null, 1)
    const status = await statusOf(webhook.url, body, this.signature(body, webhook.webhookId, forge))
    const done = isDone(status, forge)
    if (done && !forge && !this.stopped) markDelivered(delivery)
    return done
  }

  private signature(body: string, webhookId: string, forge: boolean): Record<string, string> {
    const [id, at] = [randomUUID(), time(Math.floor(Date.now() / 1000))]
    const key = forge ? (this.forgedKey ??= newKey()) : this.certificates.key
    return {
      'PayPal-Auth-Algo': 'SHA256withRSA',
      'PayPal-Auth-Version': 'v2',
      'PayPal-Cert-Url': `${this.accounts.default.state.url}${certificatePath(this.certificates)}`,
      'PayPal-Transmission-Id': id,
      'PayPal-Transmission-Time': at,
      'PayPal-Transmission-Sig': createSign('RSA-SHA256')
        .update(`${id}|${at}|${webhookId}|${crc32(body)}`)
        .sign(key, 'base64'),
    }
  }
}

function markDelivered({ state, event, to }: Delivery): void {
  const stored = state.journal.get<StoredEvent>('events', event.id)!
  if (!stored.waits_for?.includes(to)) return
  const waits_for = stored.waits_for.filter((each) => each !== to)
  state.journal.put('events', event.id, { ...stored, waits_for })
}

export const certificatePath = ({ id }: Certificates) => `/v1/notifications/certs/${id}`

const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
