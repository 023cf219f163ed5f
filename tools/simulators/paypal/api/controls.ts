import { z } from 'zod'
import { addBasicControls } from '../../basic-controls.ts'
import type { SimulatorApp } from '../../listen.ts'
import { openDispute } from '../behavior/disputes.ts'
import { PayPalAnswer } from '../errors.ts'
import { features } from '../behavior/features.ts'
import { judge, judgeEvent, type Exchange } from '../judge/judge.ts'
import { revokeSecret, revokeTokens } from './oauth.ts'
import { endRefund, reverse } from '../behavior/captures.ts'
import { copyCaptured } from '../lists/copies.ts'
import { ledgerCharges, ledgerRefunds } from '../behavior/ledger.ts'
import { settle } from '../behavior/orders.ts'
import type { Customer, PaymentToken } from '../behavior/state.ts'
import type { PayPalAccount } from '../accounts/accounts.ts'
import type { Parts } from './answer-call.ts'

const settingsOrder = z.object({
  unique_invoice_ids: z.boolean().optional(),
  capture_status: z.enum(['COMPLETED', 'PENDING', 'DECLINED', 'FAILED']).optional(),
  pending_reason: z.string().optional(),
  refund_status: z.enum(['COMPLETED', 'PENDING']).optional(),
  reported_after: z.number().int().optional(),
  largest_result: z.number().int().optional(),
  features: z.array(z.enum(features)).optional(),
  multiple_payment_tokens: z.boolean().optional(),
  country: z.string().length(2).optional(),
  payer_country: z.string().length(2).optional(),
  payer_action: z.boolean().optional(),
  captured_at_create: z.boolean().optional(),
})
const clockOrder = z.object({ advance_seconds: z.number().int().default(0), revoke_tokens: z.boolean().default(false) })
const secretOrder = z.strictObject({ client_id: z.string(), revoked: z.string() })
const eventOrder = z.object({ type: z.string(), resource: z.looseObject({}) })
const refundOrder = z.object({ status: z.enum(['COMPLETED', 'FAILED']) })
const disputeOrder = z.object({ charge: z.string(), chargeback: z.boolean().default(false) })
const copiesOrder = z.object({
  charge: z.string(),
  names: z.string(),
  count: z.number().int().min(1),
  apart: z.number().min(0).default(0),
  named: z.boolean().default(true),
})
const captureOrder = z.object({ status: z.enum(['COMPLETED', 'DECLINED', 'FAILED']) })

/** Adds the calls that control the simulator and read its data. For people and tests. */
export function addControls(app: SimulatorApp, { accounts, faults, webhooks, log }: Parts): void {
  addBasicControls(app, {
    faults,
    webhooks,
    log,
    accounts: () => accounts.all().map(({ state: { id, name } }) => ({ id, name })),
    ledger: (query) => ledger(query.account ? [accounts.asked(query)] : accounts.all()),
    requests: async () => ({
      requests: await Promise.all(log.map(judged)),
      events: await Promise.all(webhooks.genuine().map(judgedEvent)),
    }),
    isMissing: (error) => error instanceof PayPalAnswer,
  })
  app.post('/_sim/events', async (c) => {
    webhooks.emit(accounts.asked(c.req.query()).state, eventOrder.parse(await c.req.json()), true)
    return c.json({ ok: true }, 201)
  })
}

/** Adds the calls that change the account: its clock, settings, disputes, captures and refunds. */
export function addAccountControls(
  app: SimulatorApp,
  { accounts, webhooks }: Pick<Parts, 'accounts' | 'webhooks'>,
): void {
  app.post('/_sim/clock', async (c) => {
    const { advance_seconds, revoke_tokens } = clockOrder.parse(await c.req.json())
    accounts.default.state.advance(advance_seconds)
    if (revoke_tokens) for (const { state } of accounts.all()) revokeTokens(state)
    return c.json({ now: accounts.default.state.now() })
  })
  app.post('/_sim/settings', async (c) => {
    const { state } = accounts.asked(c.req.query())
    state.journal.put('settings', 'account', { ...state.settings(), ...settingsOrder.parse(await c.req.json()) })
    return c.json(state.settings())
  })
  app.post('/_sim/secrets', async (c) => {
    const { client_id, revoked } = secretOrder.parse(await c.req.json())
    revokeSecret(accounts.ofClient(client_id).state, client_id, revoked)
    return c.json({ client_id })
  })
  app.post('/_sim/disputes', async (c) => {
    const { charge, chargeback } = disputeOrder.parse(await c.req.json())
    const { state } = accounts.holding(charge)
    webhooks.emit(state, openDispute(state, charge, chargeback))
    return c.json({ disputed: charge }, 201)
  })
  app.post('/_sim/reversals', async (c) => {
    const { charge } = disputeOrder.parse(await c.req.json())
    const { state } = accounts.holding(charge)
    webhooks.emit(state, reverse(state, charge))
    return c.json({ reversed: charge }, 201)
  })
  app.post('/_sim/copies', async (c) => {
    const copies = copiesOrder.parse(await c.req.json())
    copyCaptured(accounts.holding(copies.charge).state, copies)
    return c.json({ count: copies.count }, 201)
  })
  app.post('/_sim/captures/:id', async (c) => {
    const { status } = captureOrder.parse(await c.req.json())
    const { state } = accounts.holding(c.req.param('id'))
    const found = state.orderOfCapture(c.req.param('id'))
    if (found.capture.status !== 'PENDING') return c.json({ error: `not pending: ${found.capture.status}` }, 409)
    for (const event of settle(state, found.capture.id, status)) webhooks.emit(state, event)
    return c.json({ id: found.capture.id, status })
  })
  app.post('/_sim/refunds/:id', async (c) => {
    const { status } = refundOrder.parse(await c.req.json())
    endRefund(accounts.holding(c.req.param('id')).state, c.req.param('id'), status)
    return c.json({ id: c.req.param('id'), status })
  })
}

/** Validates on demand: compiling PayPal's schemas takes seconds, which must not delay calls. */
async function judged(exchange: Exchange) {
  const { method, path, query, key, account, cross_account, status } = exchange
  return { method, path, query, key, account, cross_account, status, ...(await judge(exchange)) }
}

const judgedEvent = async (event: Parameters<typeof judgeEvent>[0] & { id: string }) => ({
  id: event.id,
  type: event.event_type,
  violations: await judgeEvent(event),
})

/** Returns what the accounts hold, in sum. */
function ledger(accounts: PayPalAccount[]) {
  const all = <T>(collection: string) => accounts.flatMap(({ state }) => state.journal.list<T>(collection))
  return {
    charges: accounts.flatMap(({ state }) => ledgerCharges(state)),
    refunds: accounts.flatMap(({ state }) => ledgerRefunds(state)),
    payment_methods: all<PaymentToken>('payment_tokens').map(({ id, customer, payer }) => ({
      id,
      customer: customer.id,
      type: 'paypal',
      email: payer.email_address,
    })),
    customers: all<Customer>('customers').map(({ id, ...rest }) => ({ id, metadata: rest })),
  }
}
