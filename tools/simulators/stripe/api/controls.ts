import type Stripe from 'stripe'
import { z } from 'zod'
import { addBasicControls } from '../../basic-controls.ts'
import type { Faults } from '../../faults.ts'
import type { SimulatorApp } from '../../listen.ts'
import type { Judge } from '../judge/judge.ts'
import { openDispute } from '../behavior/disputes.ts'
import { endRefunds } from '../behavior/refunds.ts'
import type { LedgerCharge, StripeState } from '../behavior/state.ts'
import type { Webhooks } from './webhooks.ts'

export type RequestLog = {
  method: string
  path: string
  key: string | null
  status: number
  valid: boolean
  violations: string[]
  /** The parameters. Absent for requests from a browser. */
  input?: Record<string, unknown>
}[]

export interface Controlled {
  state: StripeState
  faults: Faults
  webhooks: Webhooks
  log: RequestLog
  judge: Judge | undefined
}

/** Logs an event that no request caused, with its violations. */
export function noteEvent(log: RequestLog, type: string, violations: string[]): void {
  log.push({ method: 'EVENT', path: type, key: null, status: 0, valid: violations.length === 0, violations })
}

/** Adds the calls that control the simulator and read its data. For people and tests. */
export function addControls(app: SimulatorApp, { state, faults, webhooks, log, judge }: Controlled): void {
  addBasicControls(app, {
    faults,
    webhooks,
    ledger: () => ledger(state),
    requests: () => ({ requests: log, judged: judge?.judged.bodies ?? 0 }),
  })
  app.post('/_sim/disputes', async (c) => {
    const { charge: id } = z.object({ charge: z.string() }).parse(await c.req.json())
    const charge = state.find<LedgerCharge>('charges', 'charge', id)
    openDispute(state, charge)
    noteEvent(log, 'charge.dispute.created', webhooks.emitHappened())
    return c.json({ disputed: id }, 201)
  })
  // Simulates a change of an intent from outside this service.
  app.post('/_sim/intents', async (c) => {
    const { id, status } = z
      .object({ id: z.string(), status: z.enum(['requires_capture', 'processing']) })
      .parse(await c.req.json())
    const changed = { ...state.paymentIntent(id), status }
    state.journal.put('payment_intents', id, changed)
    const type = 'payment_intent.processing'
    if (status === 'processing') noteEvent(log, type, webhooks.emit(type, changed))
    return c.json({ id, status }, 201)
  })
  app.post('/_sim/clock', async (c) => {
    state.advance(z.object({ advance_seconds: z.number().int() }).parse(await c.req.json()).advance_seconds)
    for (const { type, object } of endRefunds(state)) noteEvent(log, type, webhooks.emit(type, object))
    webhooks.deliveries.clockMoved()
    return c.json({ now: state.now() })
  })
}

function ledger({ journal }: StripeState) {
  return {
    charges: journal.list<LedgerCharge>('charges'),
    refunds: journal
      .list<Stripe.Refund>('refunds')
      .map(({ id, charge, amount, status }) => ({ id, charge, amount, status })),
    payment_methods: journal
      .list<Stripe.PaymentMethod>('payment_methods')
      .map(({ id, customer, type, card }) => ({ id, customer, type, last4: card?.last4 })),
    customers: journal.list<Stripe.Customer>('customers').map(({ id, metadata }) => ({ id, metadata })),
  }
}
