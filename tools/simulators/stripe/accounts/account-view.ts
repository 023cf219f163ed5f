import type Stripe from 'stripe'
import type { StripeState } from '../behavior/state.ts'

/** What a test can set of an account, and its defaults. */
export const accountDefaults = { country: 'US', charges_enabled: true, display_name: 'Simulated account' }
export type AccountSettings = typeof accountDefaults

export const accountSettings = ({ journal }: StripeState): AccountSettings =>
  Object.fromEntries(
    Object.entries(accountDefaults).map(([name, value]) => [name, journal.get('settings', name) ?? value]),
  ) as AccountSettings

/** Returns the account in the vendor's format (docs.stripe.com/api/accounts/object). */
export function accountView(state: StripeState): Stripe.Account {
  const { country, charges_enabled, display_name } = accountSettings(state)
  const status = charges_enabled ? 'active' : 'inactive'
  return {
    id: state.id,
    object: 'account',
    business_profile: null,
    business_type: 'company',
    capabilities: { card_payments: status, transfers: status },
    charges_enabled,
    controller: { type: 'account' },
    country,
    default_currency: 'usd',
    details_submitted: true,
    email: null,
    payouts_enabled: charges_enabled,
    settings: {
      branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
      card_payments: {
        statement_descriptor_prefix: null,
        statement_descriptor_prefix_kana: null,
        statement_descriptor_prefix_kanji: null,
      },
      dashboard: { display_name, timezone: 'Etc/UTC' },
      payments: {
        statement_descriptor: null,
        statement_descriptor_kana: null,
        statement_descriptor_kanji: null,
        statement_descriptor_prefix_kana: null,
        statement_descriptor_prefix_kanji: null,
      },
    },
    type: 'standard',
  }
}
