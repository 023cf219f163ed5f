import { z } from 'zod'
import type { SimulatorApp } from '../../listen.ts'
import { accountSettings } from '../accounts/account-view.ts'
import { noteEvent, type Controlled } from './controls.ts'
import { domainMethods } from '../domains/domains.ts'
import { methodTypes, walletTypes } from '../behavior/method-details.ts'
import type { StripeState } from '../behavior/state.ts'

const cardUpdate = z.object({
  payment_method: z.string(),
  exp_month: z.number().int().optional(),
  exp_year: z.number().int().optional(),
  last4: z
    .string()
    .regex(/^\d{4}$/)
    .optional(),
})
/** The settings of an account. */
const settings = z.strictObject({
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  charges_enabled: z.boolean().optional(),
  details_submitted: z.boolean().optional(),
  /** Whether the account is registered as a Connect platform. */
  platform: z.boolean().optional(),
  display_name: z.string().min(1).optional(),
  enabled_types: z.array(z.enum(methodTypes)).optional(),
  /** Calls per second above which the account returns 429. */
  calls_per_second: z.number().int().min(1).nullable().optional(),
  /** Whether a call is rejected with `lock_timeout` while another call changes the same object. */
  lock_objects: z.boolean().optional(),
  /** The wallets that the customer has. */
  wallets: z.array(z.enum(walletTypes)).optional(),
  /** The methods that cannot be activated on a registered domain. */
  inactive_on_domains: z.array(z.enum(domainMethods)).optional(),
})
const settingsOf = (state: StripeState) => ({
  ...accountSettings(state),
  enabled_types: state.enabledTypes(),
  calls_per_second: state.journal.get<number | null>('settings', 'calls_per_second') ?? null,
  lock_objects: state.journal.get<boolean>('settings', 'lock_objects') ?? false,
  wallets: state.journal.get<string[]>('settings', 'wallets') ?? [],
  inactive_on_domains: state.journal.get<string[]>('settings', 'inactive_on_domains') ?? [],
})
const newMethod = z.object({
  type: z.enum(methodTypes).default('card'),
  /** The test payment method that determines its behavior. */
  card: z.string().default('pm_card_visa'),
  customer: z.string().optional(),
})

/** Adds controls that create and change payment methods as customers, banks and other programs do. */
export function addMethodControls(app: SimulatorApp, { accounts, webhooks, log }: Controlled): void {
  app.get('/_sim/settings', (c) => c.json(settingsOf(accounts.asked(c.req.query()).state)))
  app.post('/_sim/settings', async (c) => {
    const { state } = accounts.asked(c.req.query())
    for (const [name, value] of Object.entries(settings.parse(await c.req.json())))
      state.journal.put('settings', name, value)
    return c.json(settingsOf(state))
  })
  app.post('/_sim/payment_methods', async (c) => {
    const { type, card, customer } = newMethod.parse(await c.req.json())
    const { state } = customer ? accounts.holding(customer) : accounts.asked(c.req.query())
    const method = state.newPaymentMethod(card, { type })
    if (!customer) return c.json(method, 201)
    state.setUp(method, state.customer(customer).id)
    noteEvent(log, state, 'payment_method.attached', webhooks.emitHappened(state))
    return c.json(state.paymentMethod(method.id), 201)
  })
  // Simulates a bank that replaces a card and a card network that informs the vendor.
  app.post('/_sim/card_updates', async (c) => {
    const { payment_method: id, ...card } = cardUpdate.parse(await c.req.json())
    const { state } = accounts.holding(id)
    const method = state.paymentMethod(id)
    const updated = { ...method, card: { ...method.card!, ...card } }
    state.journal.put('payment_methods', id, updated)
    const type = 'payment_method.automatically_updated'
    noteEvent(log, state, type, webhooks.emit(state, type, updated))
    return c.json({ updated: id }, 201)
  })
}
