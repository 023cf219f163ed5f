import Stripe from 'stripe'
import { toGatewayUnits } from '../../domain/payment/money.ts'
import type { CustomerDetails, OurMetadata, PaymentDetails, PaymentGateway } from '../gateway.ts'
import { threeDSecure } from './confirm.ts'

/** Returns metadata as the SDK takes it. */
export const params = (metadata: OurMetadata): Record<string, string> => ({ ...metadata }) as Record<string, string>

/** Creates a customer. Details that Stripe rejects are omitted, so that they never block a payment. */
export function createCustomer(stripe: Stripe, metadata: OurMetadata, key: string, details: CustomerDetails) {
  const create = (more: Stripe.CustomerCreateParams, idempotencyKey: string) =>
    stripe.customers.create({ metadata: params(metadata), ...more }, { idempotencyKey })
  return withOrWithout(customerParams(details), create, key)
}

function customerParams({ name, email, ...address }: CustomerDetails): Stripe.CustomerCreateParams {
  const { line1, line2, city, state, postalCode: postal_code, country } = address
  const given = Object.entries({ line1, line2, city, state, postal_code, country }).filter(([, value]) => value)
  return {
    ...(name ? { name } : {}),
    ...(email ? { email } : {}),
    ...(given.length > 0 ? { address: Object.fromEntries(given) } : {}),
  }
}

type ObjectInput = Parameters<PaymentGateway['createObject']>[0]

/** Creates an intent for cards only. It moves no money until it is confirmed. */
export function createIntent(stripe: Stripe, input: ObjectInput, key: string) {
  const { kind, customerId, amount, currency, metadata, details, challenge = false } = input
  const common = {
    customer: customerId,
    allowed_payment_method_types: ['card' as const],
    metadata: params(metadata),
  }
  if (kind === 'setup') {
    const asked = challenge ? { payment_method_options: { card: threeDSecure } } : {}
    return stripe.setupIntents.create({ ...common, usage: 'off_session', ...asked }, { idempotencyKey: key })
  }
  const paid = {
    ...common,
    amount: toGatewayUnits(amount, currency, 'stripe'),
    currency: currency.toLowerCase(),
    ...(details ? { description: details.description } : {}),
  }
  const create = (more: Partial<Stripe.PaymentIntentCreateParams>, idempotencyKey: string) =>
    stripe.paymentIntents.create({ ...paid, ...more }, { idempotencyKey })
  return withOrWithout(optionalParams(details), create, key)
}

const optionalParams = (details: PaymentDetails | undefined): Partial<Stripe.PaymentIntentCreateParams> => ({
  ...(details?.statementDescriptorSuffix ? { statement_descriptor_suffix: details.statementDescriptorSuffix } : {}),
  ...(details?.receiptEmail ? { receipt_email: details.receiptEmail } : {}),
})

/** Creates with the optional parameters; without them, and with another key, if Stripe rejects one of them. */
async function withOrWithout<Params extends object, T>(
  optional: Params,
  create: (optional: Params, key: string) => Promise<T>,
  key: string,
): Promise<T> {
  try {
    return await create(optional, key)
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
    const blamed = error.code === 'email_invalid' ? ['email', 'receipt_email'] : [error.param?.split('[')[0] ?? '']
    if (!blamed.some((name) => name in optional)) throw error
    return create({} as Params, `${key}/plain`)
  }
}
