import { gatewayFacts, gatewaySettings } from '../gateways/list.ts'
import { pageLocales } from '../hosted-page.ts'
import { defaultGateway, gatewayNames } from '../lifecycle.ts'
import { accountChoices } from './gateway-accounts.ts'
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
  /** The unit of the values; empty if they have none. */
  unit: string
  /** What the setting does, in one or two sentences. */
  meaning: string
}

const flag = (meaning: string): SettingGuide => ({ schema: { type: 'boolean' }, unit: '', meaning })
const seconds = (meaning: string): SettingGuide => ({ schema: { type: 'number' }, unit: 'seconds', meaning })
const count = (unit: string, meaning: string): SettingGuide => ({ schema: { type: 'integer' }, unit, meaning })
const daysOrNull = (meaning: string): SettingGuide => ({
  schema: { type: ['integer', 'null'] },
  unit: 'days',
  meaning,
})
const amount = (meaning: string): SettingGuide => ({
  schema: { type: ['integer', 'null'] },
  unit: 'minor units',
  meaning,
})

/** The documentation of each setting, for the OpenAPI document and docs/settings.md. */
export const settingGuide: Record<keyof Settings, SettingGuide> = {
  requireInitial: flag('Whether an onboarding makes an initial charge, unless the call specifies require_initial.'),
  initialAmount: amount(
    "The initial charge if the call does not specify one, in the organization's currency. Null: the amount " +
      'in docs/currencies.md.',
  ),
  minimumInitialAmount: amount(
    "The minimum initial charge that a call can request, in the organization's currency. Null: the amount in " +
      'docs/currencies.md.',
  ),
  initialChargePolicy: {
    schema: { type: 'string', enum: ['keep', 'refund'] },
    unit: '',
    meaning: 'Whether the initial charge is kept, or refunded as soon as the customer is active.',
  },
  ...gatewaySettings,
  linkLife: seconds('How long a setup link is valid, counted from when it is first returned.'),
  unclaimedLife: seconds('How long an onboarding is kept open if its setup link was never returned.'),
  reminders: {
    schema: { type: 'array', items: { type: 'number' } },
    unit: 'seconds',
    meaning:
      'When to remind the customer, counted from when the setup link was first returned. A reminder only writes the ' +
      'event billing_customer.setup_reminder; no message is sent.',
  },
  expiryGrace: seconds(
    'How long an onboarding stays open after its link expires while the customer is at the bank or was ' +
      'recently declined.',
  ),
  attemptsPerLink: count(
    'payment attempts',
    'How many failed payment attempts a setup link allows before it must be replaced. An attempt counts if ' +
      'it reached a bank.',
  ),
  declinesPerWindow: count(
    'payment attempts',
    'How many failed payment attempts a contact can make within the window before further ones are rejected. An ' +
      'attempt counts if it reached a bank.',
  ),
  declinesPerAddress: count('payment attempts', 'The same limit for one network address.'),
  declinesPerOrganization: count(
    'payment attempts',
    'The same limit for the whole organization. At this limit, submissions are slowed and 3-D Secure is requested.',
  ),
  refusalsPerWindow: count(
    'payment attempts',
    'How many submissions of a contact the gateway can reject without contacting a bank within the window, ' +
      'such as made-up tokens.',
  ),
  declineWindow: seconds('The length of the window in which attempts are counted.'),
  gateways: {
    schema: { type: 'array', items: { type: 'string', enum: gatewayNames } },
    unit: '',
    meaning:
      'The gateways that customers can pay with, of those configured in the installation. A call without a gateway ' +
      `uses ${gatewayFacts[defaultGateway].title} if it is one of them, otherwise the first.`,
  },
  gatewayAccounts: {
    schema: { type: 'string', enum: accountChoices },
    unit: '',
    meaning:
      "Whose gateway accounts customers pay at: the organization's own, the installation's (shared), or the " +
      "organization's own where one is active (docs/gateway-accounts.md). A payment stays at its account.",
  },
  embedOrigins: {
    schema: { type: 'array', items: { type: 'string' } },
    unit: 'origins',
    meaning: 'The sites that may embed the hosted page in a frame (docs/embedding.md). They get its events.',
  },
  insertUnknownContacts: flag(
    'Whether a call that opens an onboarding creates a customer for an unknown external id. If false, the ' +
      'call returns 404.',
  ),
  onboardNewCustomers: flag('Whether creating a customer also opens its onboarding, unless the call skips it.'),
  supportContact: {
    schema: { type: ['string', 'null'] },
    unit: '',
    meaning: 'Where customers get support. The hosted page shows it if the brand has no support contact.',
  },
  pageLocale: {
    schema: { type: 'string', enum: pageLocales },
    unit: '',
    meaning:
      'The language of the hosted page if neither the onboarding nor the browser specifies one of the ' +
      "page's languages.",
  },
  consent: {
    schema: { type: 'string', enum: ['text', 'checkbox'] },
    unit: '',
    meaning:
      'How the customer agrees on the hosted page: by continuing below the sentences at the button, or by checking a ' +
      'box at them.',
  },
  erasureDelay: count(
    'days',
    'How long after a customer was deleted its personal data is erased; 0 at once (docs/data-protection.md).',
  ),
  eventRetention: daysOrNull(
    'How long events are kept, unless something is under way that needs them (docs/data-protection.md). Null: for ' +
      'ever.',
  ),
  attemptRetention: daysOrNull('The same for payment attempts that were not paid; those that were paid remain.'),
  webhookTryRetention: count(
    'days',
    'How long each request to a webhook endpoint, with what the receiver responded, is kept. Deliveries are kept for ' +
      '30 days.',
  ),
  bulkRetention: count('days', 'How long a bulk onboarding with its results is kept after its end.'),
}

export interface SettingRow extends SettingGuide {
  name: string
  /** What values are valid. */
  rule: string
  builtIn: unknown
}

/** All settings with their documentation. */
export const settingRows: SettingRow[] = (Object.keys(settingGuide) as (keyof Settings)[]).map((key) => {
  const { schema, unit, meaning } = settingGuide[key]
  const { name, rule } = settingRules[key]
  return { schema, unit, meaning, name, rule, builtIn: builtInSettings[key] }
})
