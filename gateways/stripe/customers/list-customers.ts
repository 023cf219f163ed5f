import type Stripe from 'stripe'
import type { ListedCustomer } from '../../gateway.ts'
import type { StripeConnection } from '../client.ts'
import { ownerOf } from './owner-of.ts'

/** Stripe's largest page. */
const limit = 100

/** Lists one page of the account's customers, newest first, after the customer `after`. Deleted ones are not listed. */
export async function listCustomers(
  { stripe, ofThisMode }: StripeConnection,
  after: string | undefined,
): Promise<{ customers: ListedCustomer[]; next: string | null }> {
  const { data, has_more: more } = await stripe.customers.list({
    limit,
    ...(after === undefined ? {} : { starting_after: after }),
    expand: ['data.invoice_settings.default_payment_method'],
  })
  return { customers: data.map((customer) => listed(ofThisMode(customer))), next: more ? data.at(-1)!.id : null }
}

const listed = (customer: Stripe.Customer): ListedCustomer => ({
  ...ownerOf(customer),
  email: customer.email,
  metadata: customer.metadata,
  ...defaultMethodOf(customer),
})

/** Cards only, as in all payments. Sources and cards of the earlier API have no payment method that can be named. */
function defaultMethodOf({
  invoice_settings: settings,
  default_source: source,
}: Stripe.Customer): Pick<ListedCustomer, 'methodId' | 'unsupported'> {
  const method = settings.default_payment_method
  if (method && typeof method === 'object')
    return method.type === 'card' ? { methodId: method.id, unsupported: null } : { methodId: null, unsupported: 'type' }
  return { methodId: null, unsupported: source ? 'source' : null }
}
