import { gatewayNames } from '../lifecycle.ts'
import { builtInSettings, settingRules, type Settings } from './settings.ts'

/** The part of JSON Schema that describes a setting in the OpenAPI document. */
export interface SettingSchema {
  type: SettingType | readonly [SettingType, 'null']
  enum?: readonly string[]
  items?: { type: SettingType; enum?: readonly string[] }
}
type SettingType = 'boolean' | 'integer' | 'number' | 'string' | 'array'

export interface SettingGuide {
  schema: SettingSchema
  /** Of its values; empty where they have none. */
  unit: string
  /** What it does, in a sentence or two. */
  meaning: string
}

const flag = (meaning: string): SettingGuide => ({ schema: { type: 'boolean' }, unit: '', meaning })
const seconds = (meaning: string): SettingGuide => ({ schema: { type: 'number' }, unit: 'seconds', meaning })
const count = (unit: string, meaning: string): SettingGuide => ({ schema: { type: 'integer' }, unit, meaning })
const amount = (meaning: string): SettingGuide => ({
  schema: { type: ['integer', 'null'] },
  unit: 'minor units',
  meaning,
})

/** What each setting is for: the OpenAPI document and docs/settings.md are made of it. */
export const settingGuide: Record<keyof Settings, SettingGuide> = {
  requireInitial: flag('Whether an onboarding makes an initial charge where the call does not say.'),
  initialAmount: amount(
    "The initial charge where the call names none, in the organization's own currency. Null: the amount in docs/currencies.md.",
  ),
  minimumInitialAmount: amount(
    "The least initial charge that a call may ask for, in the organization's own currency. Null: the amount in docs/currencies.md.",
  ),
  initialChargePolicy: {
    schema: { type: 'string', enum: ['keep', 'refund'] },
    unit: '',
    meaning: 'Whether the initial charge is kept, or refunded as soon as the customer is active.',
  },
  paypalOrderFlow: {
    schema: { type: 'string', enum: ['two_step', 'single_step'] },
    unit: '',
    meaning: 'Whether a PayPal order is created and then captured, or created and paid in one call.',
  },
  paypalAccountCountry: {
    schema: { type: ['string', 'null'] },
    unit: '',
    meaning: 'The country of the PayPal account. PayPal takes BRL, CNY and MYR only for accounts of one country.',
  },
  stripeCustomerDetails: flag("Whether Stripe's customer gets the name, e-mail and address of ours."),
  stripeReceipts: flag('Whether Stripe e-mails a receipt for the initial charge to the customer.'),
  stripeStatementDescriptorSuffix: {
    schema: { type: ['string', 'null'] },
    unit: '',
    meaning: "The text after the account's prefix on the card statement of the initial charge.",
  },
  linkLife: seconds('How long a setup link lives, from when it is first given out.'),
  unclaimedLife: seconds('How long an onboarding lives whose setup link was never given out.'),
  reminders: {
    schema: { type: 'array', items: { type: 'number' } },
    unit: 'seconds',
    meaning:
      'When to remind the customer, from when the link was given out. A reminder only writes the event billing_customer.setup_reminder: no message is sent.',
  },
  expiryGrace: seconds(
    'How long an onboarding outlives its link where the customer is at the bank, or was declined shortly before.',
  ),
  attemptsPerLink: count(
    'payment attempts',
    'How many attempts that reach a bank and are not paid a setup link takes before it has to be replaced.',
  ),
  declinesPerWindow: count(
    'payment attempts',
    'How many attempts that reach a bank and are not paid a contact may have within the window; then it has to wait.',
  ),
  declinesPerAddress: count('payment attempts', 'The same for one network address.'),
  declinesPerOrganization: count(
    'payment attempts',
    'The same for the whole organization. At this limit its submissions are slowed, and 3-D Secure is requested.',
  ),
  refusalsPerWindow: count(
    'payment attempts',
    'How many submissions of a contact a gateway may refuse within the window before a bank is asked, such as made-up tokens.',
  ),
  declineWindow: seconds('The window in which attempts are counted.'),
  gateways: {
    schema: { type: 'array', items: { type: 'string', enum: gatewayNames } },
    unit: '',
    meaning: 'The gateways that customers may pay with, of those that the installation has.',
  },
  embedOrigins: {
    schema: { type: 'array', items: { type: 'string' } },
    unit: 'origins',
    meaning:
      'The sites that may show the hosted page in a frame and are told by postMessage when the setup is completed.',
  },
  insertUnknownContacts: flag(
    'Whether a call that opens an onboarding makes a customer of an unknown external id. If false the call is 404.',
  ),
  onboardNewCustomers: flag('Whether creating a customer also opens its onboarding, unless the call skips it.'),
  supportContact: {
    schema: { type: ['string', 'null'] },
    unit: '',
    meaning: 'Where a customer finds help. The hosted page shows it where the brand has no contact of its own.',
  },
}

export interface SettingRow extends SettingGuide {
  name: string
  /** What a value must be. */
  rule: string
  builtIn: unknown
}

/** All settings with what is said of them. */
export const settingRows: SettingRow[] = (Object.keys(settingGuide) as (keyof Settings)[]).map((key) => ({
  ...settingGuide[key],
  name: settingRules[key].name,
  rule: settingRules[key].rule,
  builtIn: builtInSettings[key],
}))
