import { createSign, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Deliveries, isDone, statusOf } from '../../deliveries.ts'
import type { WebhookOrder } from '../../faults.ts'
import { time, type Event } from '../behavior/call.ts'
import type { PayPalAccounts } from '../accounts/accounts.ts'
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
  /** Whether the endpoint has not accepted the event yet. */
  waiting: boolean
  /** Whether a control call created the event. */
  madeUp: boolean
}

const resources: Record<string, { resource_type: string; resource_version: string }> = {
  VAULT: { resource_type: 'payment_token', resource_version: '3.0' },
  PAYMENT: { resource_type: 'capture', resource_version: '2.0' },
  CUSTOMER: { resource_type: 'dispute', resource_version: '1.0' },
  CHECKOUT: { resource_type: 'checkout-order', resource_version: '2.0' },
}

/** Sends signed events to the endpoint, retries until it accepts them, and resends on demand. */
export class Webhooks {
  private readonly accounts: PayPalAccounts
  private readonly certificates: Certificates
  private target: WebhookTarget | undefined
  private forgedKey: KeyObject | undefined
  readonly deliveries = new Deliveries<StoredEvent['event']>((event, forge) => this.deliver(event, forge))

  constructor(accounts: PayPalAccounts, certificates: Certificates) {
    this.accounts = accounts
    this.certificates = certificates
  }

  /** Sets the endpoint of the default account, and sends it the events that an earlier process could not deliver. */
  sendTo(target: WebhookTarget): void {
    this.target = target
    for (const stored of this.all()) if (stored.waiting) this.deliveries.send(stored.event)
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
    const isSent = state === this.state && this.target !== undefined
    const number = state.journal.count('events')
    state.journal.put('events', id, { number, event, waiting: isSent, madeUp } satisfies StoredEvent)
    if (state === this.state) this.deliveries.send(event)
  }

  /** Returns the events that were not created by a control call. */
  genuine(): StoredEvent['event'][] {
    const all = this.accounts.all().flatMap(({ state }) => state.journal.list<StoredEvent>('events'))
    return all.flatMap(({ event, madeUp }) => (madeUp ? [] : [event]))
  }

  /** Resends the newest event of a type, or all events. Returns the number of deliveries. */
  resend(order: WebhookOrder): number {
    const all = this.all().map(({ event }) => event)
    return this.deliveries.resend(all, order, ({ id, event_type }) => ({ id, type: event_type }))
  }

  stop(): void {
    this.deliveries.stop()
    this.target = undefined
  }

  private get state(): PayPalState {
    return this.accounts.default.state
  }

  private all(): StoredEvent[] {
    return this.state.journal.list<StoredEvent>('events').sort((a, b) => a.number - b.number)
  }

  private store(stored: StoredEvent): void {
    this.state.journal.put('events', stored.event.id, stored)
  }

  private async deliver(event: StoredEvent['event'], forge: boolean): Promise<boolean> {
    if (!this.target) return true
    // PayPal does not specify the body's whitespace. This body differs from a reserialized one.
    const body = JSON.stringify(event, null, 1)
    const status = await statusOf(this.target.url, body, this.signature(body, this.target.webhookId, forge))
    const done = isDone(status, forge)
    if (done && !forge && this.target) this.markDelivered(event.id)
    return done
  }

  private markDelivered(id: string): void {
    const stored = this.state.journal.get<StoredEvent>('events', id)!
    if (stored.waiting) this.store({ ...stored, waiting: false })
  }

  private signature(body: string, webhookId: string, forge: boolean): Record<string, string> {
    const [id, at] = [randomUUID(), time(Math.floor(Date.now() / 1000))]
    const key = forge ? (this.forgedKey ??= newKey()) : this.certificates.key
    return {
      'PayPal-Auth-Algo': 'SHA256withRSA',
      'PayPal-Auth-Version': 'v2',
      'PayPal-Cert-Url': `${this.state.url}${certificatePath(this.certificates)}`,
      'PayPal-Transmission-Id': id,
      'PayPal-Transmission-Time': at,
      'PayPal-Transmission-Sig': createSign('RSA-SHA256')
        .update(`${id}|${at}|${webhookId}|${crc32(body)}`)
        .sign(key, 'base64'),
    }
  }
}

export const certificatePath = ({ id }: Certificates) => `/v1/notifications/certs/${id}`

const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
