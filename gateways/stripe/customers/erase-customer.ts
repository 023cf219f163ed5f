import type Stripe from 'stripe'
import type { OurMetadata } from '../../gateway.ts'
import type { StripeConnection } from '../client.ts'

/** What `createCustomer` sends (gateways/stripe/create.ts); an empty value clears it. */
const nothing = { name: '', email: '', address: '' } as const

const wasMadeFor = (metadata: Stripe.Metadata, ours: OurMetadata) =>
  Object.entries(ours).every(([name, value]) => metadata[name] === value)

/** Clears what the service sent about a customer. Does nothing to one that others made, or that was deleted. */
export async function eraseCustomer(
  { stripe, ofThisMode }: StripeConnection,
  customerId: string,
  ours: OurMetadata,
): Promise<void> {
  const customer = await stripe.customers.retrieve(customerId)
  if (customer.deleted || !wasMadeFor(ofThisMode(customer).metadata, ours)) return
  const { name, email, address } = customer
  if (name || email || address) await stripe.customers.update(customerId, nothing)
}

/** Clears the email address to which Stripe sent the receipt of a payment. */
export async function eraseReceipt({ stripe, ofThisMode }: StripeConnection, paymentId: string): Promise<void> {
  const payment = ofThisMode(await stripe.paymentIntents.retrieve(paymentId))
  if (payment.receipt_email) await stripe.paymentIntents.update(paymentId, { receipt_email: '' })
}
