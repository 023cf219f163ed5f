import { z } from 'zod'
import type { SimulatorApp } from '../listen.ts'
import { noteEvent, type Controlled } from './controls.ts'
import { methodTypes } from './objects.ts'

const cardUpdate = z.object({
  payment_method: z.string(),
  exp_month: z.number().int().optional(),
  exp_year: z.number().int().optional(),
  last4: z
    .string()
    .regex(/^\d{4}$/)
    .optional(),
})
const newMethod = z.object({
  type: z.enum(methodTypes).default('card'),
  /** The test payment method that it behaves as. */
  card: z.string().default('pm_card_visa'),
  customer: z.string().optional(),
})

/** The controls that make and change payment methods as customers, banks and other programs do. */
export function addMethodControls(app: SimulatorApp, { state, webhooks, log }: Controlled): void {
  app.post('/_sim/payment_methods', async (c) => {
    const { type, card, customer } = newMethod.parse(await c.req.json())
    const method = state.newPaymentMethod(card, type)
    if (!customer) return c.json(method, 201)
    state.setUp(method, state.customer(customer).id)
    const attached = state.paymentMethod(method.id)
    noteEvent(log, 'payment_method.attached', webhooks.emit('payment_method.attached', attached))
    return c.json(attached, 201)
  })
  // As when a bank sends its customer a new card and the network tells the vendor.
  app.post('/_sim/card_updates', async (c) => {
    const { payment_method: id, ...card } = cardUpdate.parse(await c.req.json())
    const method = state.paymentMethod(id)
    const updated = { ...method, card: { ...method.card!, ...card } }
    state.journal.put('payment_methods', id, updated)
    const type = 'payment_method.automatically_updated'
    noteEvent(log, type, webhooks.emit(type, updated))
    return c.json({ updated: id }, 201)
  })
}
