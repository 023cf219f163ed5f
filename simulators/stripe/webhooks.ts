import Stripe from 'stripe'
import type { Judge } from './judge.ts'
import type { StripeState } from './state.ts'

export interface WebhookTarget {
  url: string
  secret: string
}

interface StoredEvent {
  number: number
  event: Stripe.Event
}

const pauses = [0, 500, 2_000, 5_000, 15_000, 30_000]

/** Sends signed events to the endpoint, again and again until it takes them, and again on demand. */
export class Webhooks {
  private readonly state: StripeState
  private readonly target: () => WebhookTarget | undefined
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly signer = new Stripe('sk_test_simulator', { telemetry: false }).webhooks

  private readonly judge: Judge | undefined

  constructor(state: StripeState, target: () => WebhookTarget | undefined, judge: Judge | undefined) {
    this.state = state
    this.target = target
    this.judge = judge
  }

  /** Writes an event and sends it. Answers how it differs from the vendor's, as far as that is judged. */
  emit(type: string, object: object): string[] {
    const id = this.state.newId('evt')
    const event = {
      id,
      object: 'event',
      api_version: '2026-10-28.endive',
      created: this.state.now(),
      data: { object },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    } as unknown as Stripe.Event
    this.state.journal.put('events', id, {
      number: this.state.journal.list('events').length,
      event,
    } satisfies StoredEvent)
    this.send(event, { forge: false, delay: 0 })
    return this.judge?.event(event) ?? []
  }

  /** Sends the newest event of a type, or all so far, again. Answers how many deliveries were begun. */
  resend(order: {
    type?: string
    event_id?: string
    times: number
    delay_ms: number
    shuffle: boolean
    forge: boolean
  }): number {
    const all = this.state.journal.list<StoredEvent>('events').sort((a, b) => a.number - b.number)
    const named = all.filter(
      ({ event }) => (!order.type || event.type === order.type) && (!order.event_id || event.id === order.event_id),
    )
    const chosen = order.type ? named.slice(-1) : named
    const deliveries = Array.from({ length: order.times }, () => chosen).flat()
    if (order.shuffle) deliveries.sort(() => Math.random() - 0.5)
    for (const { event } of deliveries) this.send(event, { forge: order.forge, delay: order.delay_ms })
    return deliveries.length
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer)
  }

  private send(event: Stripe.Event, { forge, delay }: { forge: boolean; delay: number }, tries = 0): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      void this.deliver(event, forge).then((taken) => {
        const again = !taken && !forge && tries + 1 < pauses.length
        if (again) this.send(event, { forge, delay: 0 }, tries + 1)
      })
    }, delay + pauses[tries]!)
    this.timers.add(timer)
  }

  private async deliver(event: Stripe.Event, forge: boolean): Promise<boolean> {
    const target = this.target()
    if (!target) return true
    const payload = JSON.stringify(event)
    const secret = forge ? 'whsec_of_somebody_else' : target.secret
    const signature = this.signer.generateTestHeaderString({ payload, secret })
    try {
      const headers = { 'Content-Type': 'application/json', 'Stripe-Signature': signature }
      const response = await fetch(target.url, {
        method: 'POST',
        body: payload,
        headers,
        signal: AbortSignal.timeout(10_000),
      })
      await response.arrayBuffer()
      return response.ok
    } catch {
      return false
    }
  }
}
