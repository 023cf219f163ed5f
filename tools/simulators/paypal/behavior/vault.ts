import { z } from 'zod'
import { link, type Ask, type Call } from './call.ts'
import { declined, PayPalAnswer, refused } from '../errors.ts'
import { read, text } from '../input.ts'
import type { Customer, PaymentToken, PayPalState, SetupToken } from './state.ts'

const customer = z.object({ id: text(22).optional(), merchant_customer_id: text(64).optional() }).optional()
const setupBody = z.object({
  customer,
  payment_source: z.object({
    paypal: z.looseObject({
      permit_multiple_payment_tokens: z.boolean().optional(),
      experience_context: z
        .looseObject({
          return_url: z.url().optional(),
          cancel_url: z.url().optional(),
          brand_name: text(300).optional(),
        })
        .optional(),
    }),
  }),
})
const paymentBody = z.object({
  customer,
  payment_source: z.object({ token: z.object({ id: text(255), type: z.literal('SETUP_TOKEN') }) }),
})

/** Throws if the request id is missing, which PayPal's documents require here, or if the request must fail. */
function validateRequest({ key, forced }: Ask): void {
  if (!key) {
    throw new PayPalAnswer(400, [
      { field: 'PayPal-Request-Id', location: 'header', issue: 'MISSING_REQUIRED_PARAMETER' },
    ])
  }
  if (forced) throw declined(forced)
}

function findOrCreateCustomer(
  state: PayPalState,
  { id, merchant_customer_id }: z.infer<typeof customer> & object,
): Customer {
  const stored = id ? state.journal.get<Customer>('customers', id) : undefined
  const made = { id: id ?? state.newId(10), ...stored, ...(merchant_customer_id ? { merchant_customer_id } : {}) }
  state.journal.put('customers', made.id, made)
  return made
}

function createSetupToken(state: PayPalState, ask: Ask) {
  validateRequest(ask)
  const { customer = {}, payment_source } = read(setupBody, ask.body)
  const { experience_context = {}, ...wallet } = payment_source.paypal
  const token: SetupToken = {
    id: state.newId(),
    customer: findOrCreateCustomer(state, customer),
    status: 'PAYER_ACTION_REQUIRED',
    wallet,
    experience: experience_context as SetupToken['experience'],
    created: state.now(),
  }
  state.journal.put('setup_tokens', token.id, token)
  return { id: token.id, events: [] }
}

const approvalUrl = (state: PayPalState, id: string) => `${state.url}/agreements/approve?approval_session_id=${id}`

function viewSetupToken(state: PayPalState, id: string) {
  const { customer, status, wallet, payer } = state.setupToken(id)
  const self = `${state.url}/v3/vault/setup-tokens/${id}`
  const next = {
    PAYER_ACTION_REQUIRED: [link(approvalUrl(state, id), 'approve')],
    APPROVED: [link(`${state.url}/v3/vault/payment-tokens`, 'confirm', 'POST')],
    VAULTED: [],
  }
  return {
    id,
    customer,
    status,
    payment_source: { paypal: { ...wallet, ...payer } },
    links: [link(self, 'self'), ...next[status]],
  }
}

function createPaymentToken(state: PayPalState, ask: Ask) {
  validateRequest(ask)
  const { payment_source } = read(paymentBody, ask.body)
  const setup = state.setupToken(payment_source.token.id)
  if (setup.status !== 'APPROVED')
    throw refused(setup.status === 'VAULTED' ? 'TOKEN_ALREADY_USED' : 'TOKEN_NOT_APPROVED', {
      field: '/payment_source/token/id',
    })
  const existing = existingToken(state, setup)
  if (existing) {
    // The token keeps the PayPal customer for whom it was created.
    state.journal.put('setup_tokens', setup.id, { ...setup, status: 'VAULTED', customer: existing.customer })
    return { id: existing.id, events: [] }
  }
  const token: PaymentToken = {
    id: state.newId().toLowerCase(),
    customer: setup.customer,
    wallet: setup.wallet,
    payer: setup.payer!,
    created: state.now(),
  }
  state.journal.put('payment_tokens', token.id, token)
  state.journal.put('setup_tokens', setup.id, { ...setup, status: 'VAULTED' })
  return {
    id: token.id,
    events: [{ type: 'VAULT.PAYMENT-TOKEN.CREATED', resource: viewPaymentToken(state, token.id) }],
  }
}

/**
 * Returns the payer's existing token, unless the request permits several (vault_payment_tokens_v3.json, default false).
 * The effect is documented only in github.com/woocommerce/woocommerce-paypal-payments: without the flag the same
 * `vault.id` (pull requests 1986 and 2136), with it a new token and customer id each time (2146).
 */
function existingToken(state: PayPalState, { wallet, payer }: SetupToken): PaymentToken | undefined {
  if (wallet.permit_multiple_payment_tokens && state.settings().multiple_payment_tokens) return undefined
  return state.journal.list<PaymentToken>('payment_tokens', (token) => token.payer.payer_id === payer!.payer_id)[0]
}

function viewPaymentToken(state: PayPalState, id: string) {
  const { customer, wallet, payer } = state.paymentToken(id)
  const self = `${state.url}/v3/vault/payment-tokens/${id}`
  return {
    id,
    customer,
    payment_source: { paypal: { ...wallet, ...payer, account_id: payer.payer_id } },
    links: [link(self, 'self'), link(self, 'delete', 'DELETE')],
  }
}

function listPaymentTokens(state: PayPalState, { query }: Ask) {
  const wanted = query.customer_id
  if (!wanted)
    throw new PayPalAnswer(400, [{ field: 'customer_id', location: 'query', issue: 'MISSING_REQUIRED_PARAMETER' }])
  const all = state.journal.list<PaymentToken>('payment_tokens', ({ customer }) => customer.id === wanted)
  const [size, page] = [Number(query.page_size ?? 5), Number(query.page ?? 1)]
  const pages = Math.ceil(all.length / size)
  const totals = query.total_required === 'true' && pages > 0 ? { total_items: all.length, total_pages: pages } : {}
  const href = (number: number) =>
    `${state.url}/v3/vault/payment-tokens?customer_id=${wanted}&page=${number}&page_size=${size}`
  return {
    ...totals,
    customer: state.journal.get<Customer>('customers', wanted) ?? { id: wanted },
    payment_tokens: all.slice((page - 1) * size, page * size).map(({ id }) => viewPaymentToken(state, id)),
    links: [link(href(page), 'self'), ...(page < pages ? [link(href(page + 1), 'next')] : [])],
  }
}

function deletePaymentToken(state: PayPalState, { id }: Ask) {
  const resource = viewPaymentToken(state, id)
  state.journal.remove('payment_tokens', id)
  return { id, events: [{ type: 'VAULT.PAYMENT-TOKEN.DELETED', resource }] }
}

export const vaultCalls: Call[] = [
  { method: 'POST', path: '/v3/vault/setup-tokens', api: 'vault', run: createSetupToken, view: viewSetupToken },
  {
    method: 'GET',
    path: '/v3/vault/setup-tokens/:id',
    api: 'vault',
    read: (state, { id }) => viewSetupToken(state, id),
  },
  { method: 'POST', path: '/v3/vault/payment-tokens', api: 'vault', run: createPaymentToken, view: viewPaymentToken },
  { method: 'GET', path: '/v3/vault/payment-tokens', api: 'vault', read: listPaymentTokens },
  {
    method: 'GET',
    path: '/v3/vault/payment-tokens/:id',
    api: 'vault',
    read: (state, { id }) => viewPaymentToken(state, id),
  },
  { method: 'DELETE', path: '/v3/vault/payment-tokens/:id', api: 'vault', run: deletePaymentToken },
]
