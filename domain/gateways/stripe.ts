import type { Environment } from '../lifecycle.ts'
import type { AccountFields, GatewayFacts, OwnSettings } from './facts.ts'
import { currencySource, rulesOf } from './stripe-currencies.ts'

export interface StripeSettings {
  /** Whether the name, email and address are sent to Stripe when the customer is created there. */
  stripeCustomerDetails: boolean
  /** Whether Stripe emails the customer a receipt for the initial charge. */
  stripeReceipts: boolean
  /** Text after the account's prefix on the card statement for the initial charge. */
  stripeStatementDescriptorSuffix: string | null
}

const flag = (name: string, meaning: string) => ({
  name,
  rule: 'true or false',
  accepts: (value: unknown) => typeof value === 'boolean',
  builtIn: false,
  schema: { type: 'boolean' as const },
  unit: '',
  meaning,
})

// docs.stripe.com/get-started/account/statement-descriptors: Latin characters, a letter, and none of < > \\ ' " *
const isDescriptor = (value: unknown) =>
  typeof value === 'string' && /^(?=.*[A-Za-z])[A-Za-z0-9 .,&/()+#-]{2,20}$/.test(value) && value.trim() === value

const settings: OwnSettings<StripeSettings> = {
  stripeCustomerDetails: flag(
    'stripe_customer_details',
    'Whether the name, email and address of a customer are sent to Stripe.',
  ),
  stripeReceipts: flag('stripe_receipts', 'Whether Stripe emails the customer a receipt for the initial charge.'),
  stripeStatementDescriptorSuffix: {
    name: 'stripe_statement_descriptor_suffix',
    rule: '2 to 20 Latin letters, digits, spaces or . , & / ( ) + # -, including a letter, or null',
    accepts: (value) => value === null || isDescriptor(value),
    builtIn: null,
    schema: { type: ['string', 'null'] },
    unit: '',
    meaning: "The text after the account's prefix on the card statement for the initial charge.",
  },
}

/** Lets the customer confirm with the bank, in the vendor's script. */
export interface StripeAction {
  type: 'stripe_next_action'
  client_secret: string
}

const modeOf = (environment: Environment) => (environment === 'live' ? 'live' : 'test')

const accountFields: AccountFields = {
  secretKey: {
    field: 'secret_key',
    form: (environment) => new RegExp(`^(sk|rk)_${modeOf(environment)}_[\\w]{1,250}$`),
    what: (environment) => `a secret or restricted key of Stripe that starts with sk_${modeOf(environment)}_ or rk_`,
    example: 'sk_test_…',
  },
  publishableKey: {
    field: 'publishable_key',
    form: (environment) => new RegExp(`^pk_${modeOf(environment)}_[\\w]{1,250}$`),
    what: (environment) => `a publishable key of Stripe that starts with pk_${modeOf(environment)}_`,
    example: 'pk_test_…',
  },
  webhook: {
    field: 'webhook_secret',
    form: () => /^whsec_[\x21-\x7e]{1,250}$/,
    what: () => 'the signing secret of a webhook endpoint at Stripe, which starts with whsec_',
    example: 'whsec_…',
    isSecret: true,
  },
}

export const stripe = {
  title: 'Stripe',
  choice: 'Card',
  isApprovedThere: false,
  asksBank: true,
  hasWallets: true,
  secretAction: 'stripe_next_action',
  submission: {
    field: 'confirmation_token',
    form: /^ctoken_[A-Za-z0-9_]{1,200}$/,
    what: 'the id of a confirmation token',
    example: 'ctoken_1Q2w3e',
  },
  savedMethod: {
    field: 'pm_id',
    form: /^pm_[A-Za-z0-9_]+$/,
    what: 'the id of a payment method at Stripe, such as pm_1Q…',
    example: 'pm_card_visa',
    customer: {
      field: 'customer_id',
      form: /^cus_[A-Za-z0-9_]+$/,
      what: 'the id of a customer at Stripe, such as cus_Q…',
    },
  },
  paymentObject: 'the id of a PaymentIntent at Stripe, such as pi_3Q…',
  dashboardOf: (environment, kind, objectId) =>
    `https://dashboard.stripe.com/${environment === 'live' ? '' : 'test/'}` +
    `${kind === 'payment' ? 'payments' : 'setup_intents'}/${objectId}`,
  declineMessages: {},
  lapsedCode: 'took_too_long',
  rulesOf,
  currencySource,
  settings,
  accountFields,
  connectedAccount: {
    field: 'vendor_account_id',
    form: /^acct_\w{1,250}$/,
    what: 'the id of an account at Stripe, such as acct_1Q…',
  },
  policyOf: ({ stripeCustomerDetails, stripeReceipts, stripeStatementDescriptorSuffix }) => ({
    paysInOneStep: false,
    accountCountry: null,
    sendsCustomerDetails: stripeCustomerDetails,
    sendsReceipts: stripeReceipts,
    statementDescriptorSuffix: stripeStatementDescriptorSuffix,
  }),
} as const satisfies GatewayFacts<StripeSettings>
