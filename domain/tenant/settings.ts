import { containsCardNumber } from '../text/card-numbers.ts'
import type { GatewayPolicy } from '../gateways/facts.ts'
import { gatewayFacts, gatewaySettings, type GatewaySettings } from '../gateways/list.ts'
import { pageLocales, type PageLocale } from '../hosted-page.ts'
import { characters, whyNotText } from '../text/free-text.ts'
import { gatewayNames, type GatewayName } from '../lifecycle.ts'
import { accountChoices, type AccountChoice, type OwnAccounts } from './gateway-accounts.ts'
import { supportsCurrency, type AccountCountries } from '../payment/money.ts'
import { embedOrigin, mostEmbedOrigins, suggestedOrigin } from '../text/web-addresses.ts'

/** Settings of an organization in one environment. A setting that is not set has its default. */
export interface Settings extends GatewaySettings {
  /** Whether onboardings make an initial charge if the caller does not specify it. */
  requireInitial: boolean
  /**
   * Initial charge and its minimum, in minor units of the organization's currency. If null, and for other currencies,
   * `currencies.ts` has the amounts.
   */
  initialAmount: number | null
  minimumInitialAmount: number | null
  /** Whether the initial charge is kept, or refunded as soon as the customer is active. */
  initialChargePolicy: 'keep' | 'refund'
  /** Seconds. */
  linkLife: number
  unclaimedLife: number
  reminders: number[]
  expiryGrace: number
  /** Limits on failed attempts that reached a bank: per setup link, and per contact within `declineWindow`. */
  attemptsPerLink: number
  declinesPerWindow: number
  /** The same limit per network address and per organization, within `declineWindow`. */
  declinesPerAddress: number
  declinesPerOrganization: number
  /** Limit on submissions per contact that a gateway rejects without contacting a bank; the window is in seconds. */
  refusalsPerWindow: number
  declineWindow: number
  /** Gateways that customers can pay with, out of those that are configured. */
  gateways: GatewayName[]
  /** Whether they pay at the organization's own accounts, at the installation's, or at its own where it has one. */
  gatewayAccounts: AccountChoice
  /** Origins that may embed the hosted page in a frame. */
  embedOrigins: string[]
  /** Whether an unknown contact becomes a customer, or is rejected. */
  insertUnknownContacts: boolean
  /** Whether creating a customer opens its onboarding, unless the call skips it. */
  onboardNewCustomers: boolean
  /** Where customers get support; shown on the hosted page if the brand has no support contact. */
  supportContact: string | null
  /** The language of the hosted page if neither the onboarding nor the browser names one of the page's languages. */
  pageLocale: PageLocale
  /** How the customer agrees on the hosted page: by a sentence at the button, or by a checkbox. */
  consent: 'text' | 'checkbox'
  /** Days between deleting a customer and erasing its personal data; 0: at once. */
  erasureDelay: number
  /** Days for which events, and payment attempts that were not paid, are kept; null: for ever. */
  eventRetention: number | null
  attemptRetention: number | null
  /** Days for which what receivers of webhooks responded, and results of bulk onboardings after their end, are kept. */
  webhookTryRetention: number
  bulkRetention: number
}

const ownDefaults = Object.fromEntries(
  Object.entries(gatewaySettings).map(([key, { builtIn }]) => [key, builtIn]),
) as unknown as GatewaySettings

/** The defaults of an installation without settings in its environment variables. */
export const builtInSettings: Settings = {
  requireInitial: true,
  initialAmount: null,
  minimumInitialAmount: null,
  initialChargePolicy: 'keep',
  ...ownDefaults,
  linkLife: 7 * 86_400,
  unclaimedLife: 30 * 86_400,
  reminders: [86_400, 3 * 86_400],
  expiryGrace: 1800,
  attemptsPerLink: 5,
  declinesPerWindow: 8,
  declinesPerAddress: 15,
  declinesPerOrganization: 300,
  refusalsPerWindow: 10,
  declineWindow: 3600,
  gateways: [...gatewayNames],
  gatewayAccounts: 'shared',
  embedOrigins: [],
  insertUnknownContacts: true,
  onboardNewCustomers: false,
  supportContact: null,
  pageLocale: 'en',
  consent: 'text',
  erasureDelay: 30,
  eventRetention: null,
  attemptRetention: null,
  webhookTryRetention: 30,
  bulkRetention: 30,
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0
const isSeconds = (value: unknown) => typeof value === 'number' && value > 0 && value <= 366 * 86_400
const mostDays = 3_650
const isDaysBetween = (least: number, most: number) => (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
const isDays = isDaysBetween(0, mostDays)
/** Longer than webhooks are delivered and gateways repeat events, both at most 30 days. */
export const leastRetention = 35
const retentionRule = `an integer from ${leastRetention} to ${mostDays}, or null`
const isRetention = isDaysBetween(leastRetention, mostDays)
/** Days for which failed rows of a bulk onboarding can be retried after its end. */
export const leastBulkRetention = 7
const isGateway = (value: unknown) => (gatewayNames as readonly unknown[]).includes(value)
const isPageLocale = (value: unknown) => (pageLocales as readonly unknown[]).includes(value)
const isBoolean = (value: unknown) => typeof value === 'boolean'
// Bounded because every call of the organization reads the list, and each reminder writes an event.
const mostReminders = 20
const isOrigin = (value: unknown) => embedOrigin(value) !== undefined

/** Returns what would be right in place of the first entry that is no origin, if that can be said. */
function originHint(value: unknown): string {
  const entries: unknown[] = Array.isArray(value) ? value : []
  const wrong = entries.findIndex((entry) => !isOrigin(entry))
  const suggested = suggestedOrigin(entries[wrong])
  return suggested ? `; entry ${wrong + 1} would be ${suggested}` : ''
}
const isName = (value: unknown) =>
  typeof value === 'string' &&
  characters(value) <= 200 &&
  whyNotText(value, 'name') === undefined &&
  !containsCardNumber(value)
const orNull = (check: (value: unknown) => boolean) => (value: unknown) => value === null || check(value)
const listOf = (check: (value: unknown) => boolean, most: number) => (value: unknown) =>
  Array.isArray(value) && value.length <= most && value.every(check)

export interface SettingRule {
  name: string
  rule: string
  accepts: (value: unknown) => boolean
  /** Continues the rule with what would be right in place of a wrong value. */
  hint?: (value: unknown) => string
}

/** Returns what is wrong with a value of a setting; undefined if it is valid. */
export const settingProblem = ({ rule, accepts, hint }: SettingRule, value: unknown): string | undefined =>
  accepts(value) ? undefined : `must be ${rule}${hint?.(value) ?? ''}`

/** The stored name of each setting, and which values are valid. */
export const settingRules: Record<keyof Settings, SettingRule> = {
  requireInitial: { name: 'require_initial', rule: 'true or false', accepts: isBoolean },
  initialAmount: {
    name: 'initial_amount',
    rule: "minor units of the organization's currency, or null",
    accepts: orNull(isCount),
  },
  minimumInitialAmount: {
    name: 'minimum_initial_amount',
    rule: "minor units of the organization's currency, or null",
    accepts: orNull(isCount),
  },
  initialChargePolicy: {
    name: 'initial_charge_policy',
    rule: 'keep or refund',
    accepts: (value) => value === 'keep' || value === 'refund',
  },
  ...gatewaySettings,
  linkLife: { name: 'link_life_seconds', rule: 'a number of seconds, at most a year', accepts: isSeconds },
  unclaimedLife: { name: 'unclaimed_life_seconds', rule: 'a number of seconds, at most a year', accepts: isSeconds },
  reminders: {
    name: 'reminders_seconds',
    rule: `a list of at most ${mostReminders} times in seconds, each at most a year`,
    accepts: listOf(isSeconds, mostReminders),
  },
  expiryGrace: { name: 'expiry_grace_seconds', rule: 'a number of seconds, at most a year', accepts: isSeconds },
  attemptsPerLink: { name: 'attempts_per_link', rule: 'a positive integer', accepts: isCount },
  declinesPerWindow: { name: 'declines_per_window', rule: 'a positive integer', accepts: isCount },
  declinesPerAddress: { name: 'declines_per_address', rule: 'a positive integer', accepts: isCount },
  declinesPerOrganization: { name: 'declines_per_organization', rule: 'a positive integer', accepts: isCount },
  refusalsPerWindow: { name: 'refusals_per_window', rule: 'a positive integer', accepts: isCount },
  declineWindow: { name: 'decline_window_seconds', rule: 'a number of seconds, at most a year', accepts: isSeconds },
  gateways: {
    name: 'gateways',
    rule: `a list of ${gatewayNames.join(' and ')}, at least one`,
    accepts: (value) => listOf(isGateway, gatewayNames.length)(value) && (value as unknown[]).length > 0,
  },
  gatewayAccounts: {
    name: 'gateway_accounts',
    rule: `one of ${accountChoices.join(', ')}`,
    accepts: (value) => (accountChoices as readonly unknown[]).includes(value),
  },
  embedOrigins: {
    name: 'embed_origins',
    rule:
      `a list of at most ${mostEmbedOrigins} origins such as https://app.example, without wildcards, ` +
      'with non-ASCII host names in punycode; http only for localhost',
    accepts: listOf(isOrigin, mostEmbedOrigins),
    hint: originHint,
  },
  insertUnknownContacts: { name: 'insert_unknown_contacts', rule: 'true or false', accepts: isBoolean },
  onboardNewCustomers: { name: 'onboard_new_customers', rule: 'true or false', accepts: isBoolean },
  supportContact: {
    name: 'support_contact',
    rule: 'a line of text of at most 200 characters, or null',
    accepts: orNull(isName),
  },
  pageLocale: { name: 'page_locale', rule: `one of ${pageLocales.join(', ')}`, accepts: isPageLocale },
  consent: {
    name: 'consent',
    rule: 'text or checkbox',
    accepts: (value) => value === 'text' || value === 'checkbox',
  },
  erasureDelay: { name: 'erasure_delay_days', rule: `an integer from 0 to ${mostDays}`, accepts: isDays },
  eventRetention: { name: 'event_retention_days', rule: retentionRule, accepts: orNull(isRetention) },
  attemptRetention: { name: 'payment_attempt_retention_days', rule: retentionRule, accepts: orNull(isRetention) },
  webhookTryRetention: {
    name: 'webhook_try_retention_days',
    rule: 'an integer from 1 to 30',
    accepts: isDaysBetween(1, 30),
  },
  bulkRetention: {
    name: 'bulk_retention_days',
    rule: `an integer from ${leastBulkRetention} to ${mostDays}`,
    accepts: isDaysBetween(leastBulkRetention, mostDays),
  },
}

/** The settings that say which gateways an organization can use. */
export type GatewayChoice = Pick<Settings, 'gateways' | keyof GatewaySettings>

/** Returns the settings for payments at a gateway. */
export const policyOf = (gateway: GatewayName, settings: GatewaySettings): GatewayPolicy =>
  gatewayFacts[gateway].policyOf(settings)

/** Returns the countries of the organization's accounts. */
export const accountCountriesOf = (settings: GatewaySettings): AccountCountries =>
  Object.fromEntries(gatewayNames.map((name) => [name, policyOf(name, settings).accountCountry]))

/** Returns the gateways of an organization that support the currency. */
export const gatewaysFor = (settings: GatewayChoice, currency: string): GatewayName[] => {
  const countries = accountCountriesOf(settings)
  return settings.gateways.filter((name) => supportsCurrency(name, currency, countries))
}

/** Returns the settings keyed by their stored names. */
export const settingsByName = (settings: Settings): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settingRules).map(([key, { name }]) => [name, settings[key as keyof Settings]]))

export interface StoredSetting {
  name: string
  value: unknown
}

/** The settings of a tenant, with its own gateway accounts, which are read in the same statement. */
export interface TenantSettings extends Settings {
  ownAccounts: OwnAccounts
}

/** The name under which statements return the own accounts along with the settings. It is no setting. */
export const ownAccountsRow = '_own_accounts'

/** Merges stored values over the defaults. Unknown names are ignored: a newer release may have written them. */
export function settingsFrom(stored: StoredSetting[], defaults: Settings): TenantSettings {
  const settings = { ...defaults } as Record<string, unknown>
  for (const [key, { name }] of Object.entries(settingRules)) {
    const found = stored.find((row) => row.name === name)
    if (found) settings[key] = found.value
  }
  settings.ownAccounts = stored.find(({ name }) => name === ownAccountsRow)?.value ?? {}
  return settings as unknown as TenantSettings
}
