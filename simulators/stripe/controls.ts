import type { Hono } from 'hono'
import type { HttpBindings } from '@hono/node-server'
import type Stripe from 'stripe'
import { z } from 'zod'
import { faultNames, type Faults } from '../faults.ts'
import type { LedgerCharge, StripeState } from './state.ts'
import type { Webhooks } from './webhooks.ts'

export type RequestLog = {
  method: string
  path: string
  key: string | null
  status: number
  valid: boolean
  violations: string[]
}[]

const faultOrder = z.object({
  match: z.object({ method: z.string(), path: z.string() }),
  times: z.number().int().min(1).default(1),
  fault: z.enum(faultNames),
  delay_ms: z.number().int().min(0).optional(),
  code: z.string().optional(),
})
const webhookOrder = z.object({
  type: z.string().optional(),
  event_id: z.string().optional(),
  times: z.number().int().min(1).default(1),
  delay_ms: z.number().int().min(0).default(0),
  shuffle: z.boolean().default(false),
  forge: z.boolean().default(false),
})

/** The calls with which people and tests tell the simulator what to do and read what it did. */
export function addControls(
  app: Hono<{ Bindings: HttpBindings }>,
  { state, faults, webhooks, log }: { state: StripeState; faults: Faults; webhooks: Webhooks; log: RequestLog },
): void {
  app.post('/_sim/faults', async (c) => {
    faults.add(faultOrder.parse(await c.req.json()))
    return c.json({ ok: true }, 201)
  })
  app.delete('/_sim/faults', (c) => {
    faults.clear()
    return c.json({ ok: true })
  })
  app.get('/_sim/ledger', (c) => c.json(ledger(state)))
  app.get('/_sim/requests', (c) => c.json({ requests: log }))
  app.post('/_sim/webhooks', async (c) => {
    const { type, event_id, ...order } = webhookOrder.parse(await c.req.json())
    const sent = webhooks.resend({ ...order, ...(type ? { type } : {}), ...(event_id ? { event_id } : {}) })
    return c.json({ sent }, 202)
  })
  app.post('/_sim/clock', async (c) => {
    state.advance(z.object({ advance_seconds: z.number().int() }).parse(await c.req.json()).advance_seconds)
    return c.json({ now: state.now() })
  })
  app.onError((error, c) =>
    error instanceof z.ZodError
      ? c.json({ error: z.prettifyError(error) }, 400)
      : c.json({ error: error.message }, 500),
  )
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
