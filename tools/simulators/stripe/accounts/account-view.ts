import type Stripe from 'stripe'
import type { StripeState } from '../behavior/state.ts'

/** What a test can set of an account, and its defaults. */
const accountDefaults = {
  country: 'US',
  charges_enabled: true,
  details_submitted: true,
  display_name: 'Simulated account',
}
export type AccountSettings = typeof accountDefaults

export const accountSettings = ({ journal }: StripeState): AccountSettings =>
  Object.fromEntries(
    Object.entries(accountDefaults).map(([name, value]) => [name, journal.get('settings', name) ?? value]),
  ) as AccountSettings

/** What the platform said of a connected account when it created it. */
type About = Pick<Stripe.Account, 'business_type' | 'email' | 'metadata' | 'type'>

/** Of a new account: what any business must provide. Of one that was submitted: what the vendor reviews. */
function requirementsOf({
  charges_enabled,
  details_submitted,
}: Pick<AccountSettings, 'charges_enabled' | 'details_submitted'>) {
  const missing = details_submitted ? [] : ['business_profile.url', 'external_account', 'tos_acceptance.date']
  const inReview = details_submitted && !charges_enabled
  const reason = inReview ? 'requirements.pending_verification' : 'requirements.past_due'
  return {
    alternatives: [],
    current_deadline: null,
    currently_due: missing,
    disabled_reason: charges_enabled ? null : reason,
    errors: [],
    eventually_due: missing,
    past_due: missing,
    pending_verification: inReview ? ['business_profile.url'] : [],
  } satisfies Stripe.Account.Requirements
}

/** Returns the account in the vendor's format (docs.stripe.com/api/accounts/object). */
export function accountView(state: StripeState): Stripe.Account {
  const { country, charges_enabled, details_submitted, display_name } = accountSettings(state)
  const status = charges_enabled ? 'active' : details_submitted ? 'pending' : 'inactive'
  const about = state.journal.get<About>('about', 'self')
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
    details_submitted,
    email: null,
    payouts_enabled: charges_enabled,
    requirements: requirementsOf({ charges_enabled, details_submitted }),
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
    ...about,
  }
}
