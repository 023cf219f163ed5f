import { isCountry } from '../text/countries.ts'
import { stepOf, type AccountFields, type GatewayFacts, type GatewayRules, type OwnSettings } from './facts.ts'

export interface PayPalSettings {
  /** Whether a PayPal order is created and then captured, or created and paid in one call. */
  paypalOrderFlow: 'two_step' | 'single_step'
  /** ISO 3166-1 alpha-2; PayPal supports some currencies only for accounts of one country. */
  paypalAccountCountry: string | null
}

const settings: OwnSettings<PayPalSettings> = {
  paypalOrderFlow: {
    name: 'paypal_order_flow',
    rule: 'two_step or single_step',
    accepts: (value) => value === 'two_step' || value === 'single_step',
    builtIn: 'single_step',
    schema: { type: 'string', enum: ['two_step', 'single_step'] },
    unit: '',
    meaning: 'Whether a PayPal order is created and then captured, or created and paid in one call.',
  },
  paypalAccountCountry: {
    name: 'paypal_account_country',
    rule: 'an ISO 3166-1 alpha-2 code such as BR, or null',
    accepts: (value) => value === null || (typeof value === 'string' && isCountry(value)),
    builtIn: null,
    schema: { type: ['string', 'null'] },
    unit: '',
    meaning:
      'The country of the PayPal account. PayPal supports BRL, CNY and MYR only for accounts in the country of the ' +
      'currency.',
  },
}

const supported = new Set(
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD'.split(' '),
)
/** PayPal rejects decimals in these, although ISO 4217 has them. */
const withoutDecimals = ['HUF', 'TWD']
/** PayPal supports these only for accounts of one country. */
const countries: Record<string, string> = { BRL: 'BR', CNY: 'CN', MYR: 'MY' }

function rulesOf(code: string, digits: number): GatewayRules | undefined {
  if (!supported.has(code)) return undefined
  const own = withoutDecimals.includes(code) ? 0 : digits
  const onlyIn = countries[code]
  const step = stepOf(digits, own)
  return { digits: own, least: step, step, leastIsPublished: false, ...(onlyIn ? { onlyIn } : {}) }
}

const credential = /^[\w-]{10,200}$/
const accountFields: AccountFields = {
  secretKey: {
    field: 'client_secret',
    form: () => credential,
    what: () => 'the secret of a REST app at PayPal',
    example: 'EC…',
  },
  publishableKey: {
    field: 'client_id',
    form: () => credential,
    what: () => 'the client id of a REST app at PayPal',
    example: 'AY…',
  },
  webhook: {
    field: 'webhook_id',
    form: () => /^\w{5,50}$/,
    what: () => 'the id of a webhook of this REST app at PayPal',
    example: '5GP028458E2496506',
    isSecret: false,
  },
}

export const paypal = {
  title: 'PayPal',
  choice: 'PayPal',
  isApprovedThere: true,
  noTestMethods:
    'PayPal has no call that acts as a payer; open the setup link in a browser and approve with a sandbox account, ' +
    'and report problems with a payment at sandbox.paypal.com',
  asksBank: false,
  hasWallets: false,
  countrySetting: settings.paypalAccountCountry.name,
  submission: {
    field: 'setup_token',
    form: /^[A-Za-z0-9_-]{1,100}$/,
    what: 'the id of a setup token',
    example: '5C991763VB2781612',
  },
  savedMethod: {
    field: 'vault_token',
    form: /^[\w-]+$/,
    what: 'the id of a payment token at PayPal',
    example: '8kk8451t',
  },
  paymentObject: 'the id of an order at PayPal, which has the capture',
  // PayPal's dashboard has pages of captures, not of orders.
  dashboardOf: () => undefined,
  declineMessages: {
    paypal_declined:
      'PayPal declined the payment. You have not been charged. Please choose another way to pay in ' +
      'PayPal, or use another payment method.',
    paypal_account:
      'This PayPal account cannot be used here. You have not been charged. Please use another payment method.',
    paypal_approval_needed: 'PayPal needs your approval again. You have not been charged. Please choose PayPal again.',
  },
  lapsedCode: 'paypal_approval_needed',
  rulesOf,
  /** Supported currencies, currencies without decimals, and currencies for accounts of one country. */
  currencySource: 'https://developer.paypal.com/reference/currency-codes/',
  settings,
  accountFields,
  policyOf: ({ paypalOrderFlow, paypalAccountCountry }) => ({
    paysInOneStep: paypalOrderFlow === 'single_step',
    accountCountry: paypalAccountCountry,
    sendsCustomerDetails: false,
    sendsReceipts: false,
    statementDescriptorSuffix: null,
  }),
} as const satisfies GatewayFacts<PayPalSettings>
