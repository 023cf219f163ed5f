import type Stripe from 'stripe'
import { z } from 'zod'
import { addBasicControls } from '../../basic-controls.ts'
import type { Faults } from '../../faults.ts'
import type { SimulatorApp } from '../../listen.ts'
import type { Judge } from '../judge/judge.ts'
import { openDispute } from '../behavior/disputes.ts'
import { copyPaid } from '../lists/copies.ts'
import { setListedAfter } from '../lists/lists.ts'
import { endRefunds } from '../behavior/refunds.ts'
import type { LedgerCharge, StripeState } from '../behavior/state.ts'
import type { EventFields, Webhooks } from '../webhooks/webhooks.ts'
import type { StripeAccount, StripeAccounts } from '../accounts/accounts.ts'

export type RequestLog = {
  method: string
  path: string
  key: string | null
  /** The id of the account on which the call acts. */
  account: string
  /** Whether the call names an object of another account. */
  cross_account?: boolean
  status: number
  valid: boolean
  violations: string[]
  /** The parameters. Absent for requests from a browser. */
  input?: Record<string, unknown>
}[]

export interface Controlled {
  accounts: StripeAccounts
  faults: Faults
  webhooks: Webhooks
  log: RequestLog
  judge: Judge | undefined
}

/** Logs an event of an account that no request caused, with its violations. */
export function noteEvent(log: RequestLog, { id }: StripeState, type: string, violations: string[]): void {
  const valid = violations.length === 0
  log.push({ method: 'EVENT', path: type, key: null, account: id, status: 0, valid, violations })
}

/** Adds the calls that control the simulator and read its data. For people and tests. */
export function addControls(app: SimulatorApp, { accounts, faults, webhooks, log, judge }: Controlled): void {
  addBasicControls(app, {
    faults,
    webhooks,
    log,
    accounts: () => [...new Set(accounts.all().map(({ state }) => state.id))].map((id) => ({ id })),
    ledger: (query) => ledger(query.account ? [accounts.asked(query)] : accounts.all()),
    requests: () => ({ requests: log, judged: judge?.judged.bodies ?? 0 }),
  })
  app.post('/_sim/disputes', async (c) => {
    const { charge: id } = z.object({ charge: z.string() }).parse(await c.req.json())
    const { state } = accounts.holding(id)
    const charge = state.find<LedgerCharge>('charges', 'charge', id)
    openDispute(state, charge)
    noteEvent(log, state, 'charge.dispute.created', webhooks.emitHappened(state))
    return c.json({ disputed: id }, 201)
  })
  app.post('/_sim/copies', async (c) => {
    const { payment_intent, names, count } = z
      .object({ payment_intent: z.string(), names: z.string(), count: z.number().int().min(1) })
      .parse(await c.req.json())
    copyPaid(accounts.holding(payment_intent).state, payment_intent, names, count)
    return c.json({ count }, 201)
  })
  // An event that no call caused.
  app.post('/_sim/events', async (c) => {
    const { type, object, lost, ...more } = z
      .object({
        type: z.string(),
        object: z.record(z.string(), z.unknown()),
        lost: z.boolean().optional(),
        created: z.number().int().optional(),
        api_version: z.string().optional(),
      })
      .parse(await c.req.json())
    const event = [accounts.default.state, type, object, more as EventFields] as const
    if (lost) webhooks.store(...event)
    else webhooks.emit(...event)
    return c.json({ type }, 201)
  })
  // Delays what lists show.
  app.post('/_sim/lists', async (c) => {
    const { listed_after } = z.object({ listed_after: z.number().int().min(0) }).parse(await c.req.json())
    for (const { state } of accounts.all()) setListedAfter(state, listed_after)
    return c.json({ listed_after }, 201)
  })
  // Simulates a change of an intent from outside this service.
  app.post('/_sim/intents', async (c) => {
    const { id, status } = z
      .object({ id: z.string(), status: z.enum(['requires_capture', 'processing']) })
      .parse(await c.req.json())
    const { state } = accounts.holding(id)
    const changed = { ...state.paymentIntent(id), status }
    state.journal.put('payment_intents', id, changed)
    const type = 'payment_intent.processing'
    if (status === 'processing') noteEvent(log, state, type, webhooks.emit(state, type, changed))
    return c.json({ id, status }, 201)
  })
  app.post('/_sim/clock', async (c) => {
    accounts.default.state.advance(
      z.object({ advance_seconds: z.number().int() }).parse(await c.req.json()).advance_seconds,
    )
    for (const { state } of accounts.all())
      for (const { type, object } of endRefunds(state)) noteEvent(log, state, type, webhooks.emit(state, type, object))
    webhooks.deliveries.clockMoved()
    return c.json({ now: accounts.default.state.now() })
  })
}

/** Returns what the accounts hold, in sum. */
function ledger(accounts: StripeAccount[]) {
  const all = <T>(collection: string) => accounts.flatMap(({ state }) => state.journal.list<T>(collection))
  return {
    charges: all<LedgerCharge>('charges'),
    refunds: all<Stripe.Refund>('refunds').map(({ id, charge, amount, status }) => ({ id, charge, amount, status })),
    payment_methods: all<Stripe.PaymentMethod>('payment_methods').map(({ id, customer, type, card }) => ({
      id,
      customer,
      type,
      last4: card?.last4,
    })),
    customers: all<Stripe.Customer>('customers').map(({ id, metadata }) => ({ id, metadata })),
  }
}
