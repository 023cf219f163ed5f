import type Stripe from 'stripe'
import type { TestCard } from './cards.ts'
import { methodDetails, type MethodType, type WalletType } from './method-details.ts'

// New objects with every field that the vendor's types require, as the SDK and our gateway code expect.

export function newCustomer(id: string, created: number, input: Record<string, unknown>): Stripe.Customer {
  return {
    id,
    object: 'customer',
    balance: 0,
    created,
    currency: null,
    default_source: null,
    delinquent: false,
    description: text(input.description),
    email: text(input.email),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: (input.metadata ?? {}) as Stripe.Metadata,
    name: text(input.name),
    ...(input.address ? { address: addressOf(input.address as Record<string, string>) } : {}),
    shipping: null,
  }
}

const addressOf = ({ line1, line2, city, state, postal_code, country }: Record<string, string>) => ({
  line1: text(line1),
  line2: text(line2),
  city: text(city),
  state: text(state),
  postal_code: text(postal_code),
  country: text(country),
})

const text = (value: unknown) => (typeof value === 'string' ? value : null)

export function newPaymentMethod(
  id: string,
  created: number,
  card: TestCard,
  { type = 'card', wallet }: { type?: MethodType | undefined; wallet?: WalletType | undefined },
): Stripe.PaymentMethod {
  return {
    id,
    object: 'payment_method',
    created,
    livemode: false,
    metadata: {},
    ...methodDetails(card, type, wallet),
  } as Stripe.PaymentMethod
}

export function newPaymentIntent(
  id: string,
  secret: string,
  created: number,
  input: Record<string, unknown>,
): Stripe.PaymentIntent {
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: (input.allowed_payment_method_types ??
      null) as Stripe.PaymentIntent['allowed_payment_method_types'],
    amount: input.amount as number,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${secret}`,
    confirmation_method: 'automatic',
    created,
    currency: input.currency as string,
    customer: text(input.customer),
    customer_account: null,
    description: text(input.description),
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: (input.metadata ?? {}) as Stripe.Metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: input.types as string[],
    payment_record: null,
    processing: null,
    receipt_email: text(input.receipt_email),
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: text(input.statement_descriptor_suffix),
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  } as Stripe.PaymentIntent
}

const cardOptions = (options: unknown) => {
  const asked = (options as { card?: { request_three_d_secure?: string } } | undefined)?.card
  if (!asked) return null
  const request_three_d_secure = asked.request_three_d_secure ?? 'automatic'
  return { card: { mandate_options: null, network: null, request_three_d_secure } }
}

export function newSetupIntent(
  id: string,
  secret: string,
  created: number,
  input: Record<string, unknown>,
): Stripe.SetupIntent {
  return {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: (input.allowed_payment_method_types ??
      null) as Stripe.SetupIntent['allowed_payment_method_types'],
    application: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    cancellation_reason: null,
    client_secret: `${id}_secret_${secret}`,
    created,
    customer: text(input.customer),
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: (input.metadata ?? {}) as Stripe.Metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: cardOptions(input.payment_method_options),
    payment_method_types: input.types as string[],
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: (input.usage ?? 'off_session') as string,
  } as Stripe.SetupIntent
}

export function newRefund(
  id: string,
  created: number,
  charge: { id: string; payment_intent: string; currency: string },
  amount: number,
  metadata: Stripe.Metadata,
): Stripe.Refund {
  return {
    id,
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created,
    currency: charge.currency,
    customer: null,
    customer_account: null,
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: null,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  }
}
