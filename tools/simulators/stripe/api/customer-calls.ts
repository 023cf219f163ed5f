import type Stripe from 'stripe'
import { missing, invalidRequest } from '../errors.ts'
import { checkEmail, type Input } from '../input.ts'
import { pageOf } from '../page-of.ts'
import { newCustomer } from '../behavior/objects.ts'
import { attachMethod, deleteCustomer } from '../behavior/saved-methods.ts'
import type { StripeState } from '../behavior/state.ts'
import type { Call } from './call.ts'

const writable = ['metadata', 'description', 'email', 'name', 'address', 'invoice_settings', 'expand']

/** Customers, with their default payment method. */
export const customerCalls: Call[] = [
  {
    method: 'POST',
    path: '/v1/customers',
    params: [...writable, 'payment_method', 'source'],
    run: createCustomer,
  },
  {
    method: 'GET',
    path: '/v1/customers',
    params: ['email', 'limit', 'starting_after', 'expand'],
    run: listCustomers,
  },
  {
    method: 'GET',
    path: '/v1/customers/:id',
    params: ['expand'],
    // A deleted customer can still be read, with `deleted: true`.
    run: (state, _input, id) => state.find('customers', 'customer', id),
  },
  {
    method: 'POST',
    path: '/v1/customers/:id',
    params: ['name', 'email', 'address', 'invoice_settings', 'expand'],
    run: (state, input, id) => setDefault(state, setDetails(state, state.customer(id, 'id'), input), input),
  },
  {
    method: 'DELETE',
    path: '/v1/customers/:id',
    params: [],
    run: deleteCustomer,
    event: () => 'customer.deleted',
    emits: (state, id) => state.customer(id, 'id'),
  },
]

/** Creates a customer. `payment_method` is attached, `source` is a card of the earlier API. */
function createCustomer(state: StripeState, input: Input): Stripe.Customer {
  checkEmail(input, 'email')
  const { source, payment_method: attached, invoice_settings: settings } = input
  const customer = newCustomer(state.newId('cus'), state.now(), input)
  const withSource = { ...customer, default_source: source === undefined ? null : state.newId('card') }
  state.journal.put('customers', customer.id, withSource)
  if (attached === undefined) return setDefault(state, withSource, input)
  try {
    const { id } = attachMethod(state, String(attached), { customer: customer.id })
    // The name of a test method is a new one each time: the same name means the attached one.
    const isSame = (settings as Input | undefined)?.default_payment_method === attached
    return setDefault(state, withSource, isSame ? { invoice_settings: { default_payment_method: id } } : input)
  } catch (error) {
    state.journal.remove('customers', customer.id)
    throw error
  }
}

// docs.stripe.com/api/customers/update: an empty value clears the field.
function setDetails(state: StripeState, customer: Stripe.Customer, input: Input): Stripe.Customer {
  const given = Object.entries(input).filter(([name]) => ['name', 'email', 'address'].includes(name))
  if (given.length === 0) return customer
  if (input.email !== '') checkEmail(input, 'email')
  const changed = Object.fromEntries(given.map(([name, value]) => [name, value === '' ? null : value]))
  const updated = { ...customer, ...changed }
  state.journal.put('customers', customer.id, updated)
  return updated
}

// docs.stripe.com/api/customers/update: the method must be attached to the customer.
function setDefault(state: StripeState, customer: Stripe.Customer, input: Input): Stripe.Customer {
  const wanted = (input.invoice_settings as Input | undefined)?.default_payment_method
  if (wanted === undefined) return customer
  if (wanted !== '' && state.paymentMethod(String(wanted)).customer !== customer.id)
    throw missing('PaymentMethod', String(wanted), 'invoice_settings[default_payment_method]')
  const default_payment_method = wanted === '' ? null : String(wanted)
  const updated = { ...customer, invoice_settings: { ...customer.invoice_settings, default_payment_method } }
  state.journal.put('customers', customer.id, updated)
  return updated
}

/**
 * Lists customers that were not deleted, newest first (docs.stripe.com/api/customers/list). Expands the default payment
 * methods on request.
 */
function listCustomers(state: StripeState, input: Input): Stripe.ApiList<Stripe.Customer> {
  const { limit = '10', starting_after: after, email } = input
  if (!/^\d+$/.test(String(limit)) || Number(limit) < 1 || Number(limit) > 100)
    throw invalidRequest('This value must be between 1 and 100.', { param: 'limit' })
  if (after !== undefined) state.customer(String(after), 'starting_after')
  const isListed = ({ deleted, ...customer }: Stripe.Customer | Stripe.DeletedCustomer) =>
    !deleted && (email === undefined || (customer as Stripe.Customer).email === email)
  const all = state.journal.list<Stripe.Customer>('customers', isListed).reverse()
  const { data, has_more } = pageOf(all, input)
  const wanted = Array.isArray(input.expand) ? (input.expand as string[]) : []
  const expand = wanted.includes('data.invoice_settings.default_payment_method')
  return {
    object: 'list',
    data: expand ? data.map((customer) => withDefault(state, customer)) : data,
    has_more,
    url: '/v1/customers',
  }
}

function withDefault(state: StripeState, customer: Stripe.Customer): Stripe.Customer {
  const { default_payment_method: id } = customer.invoice_settings
  if (typeof id !== 'string') return customer
  const settings = { ...customer.invoice_settings, default_payment_method: state.paymentMethod(id) }
  return { ...customer, invoice_settings: settings }
}
