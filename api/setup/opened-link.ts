import { expiryOf } from '../../domain/onboarding/next-step.ts'
import type { PageOptions } from '../../domain/hosted-page.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import { isPaid, openAttempt, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { Settings, TenantSettings } from '../../domain/tenant/settings.ts'
import { findBillingCustomerByPath, type BillingCustomer } from '../../store/billing-customers/billing-customers.ts'
import { findBrandOfLink, type PageBrand } from '../../store/tenants/brands.ts'
import { readFacts } from '../../store/onboardings/facts.ts'
import { listLinkVersions } from '../../store/onboardings/setup-links.ts'
import { listRefusedAccounts, refusedFor } from '../../store/gateway-accounts/refused-accounts.ts'
import { readSettings } from '../../store/tenants/settings.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { recognizeToken, type LinkPurpose } from '../setup-links.ts'

export interface LinkPath {
  brand_id: string
  org_id: string
  bc_id: string
}

/** Returns whether these can be ids. Nothing else is searched for: PostgreSQL rejects some characters. */
export const isLinkPath = (path: LinkPath): boolean =>
  Object.values(path).every((id: unknown) => typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id))

/** What a valid link opens. */
export interface OpenedLink {
  /** `open` can submit. `watch` only shows the progress of an earlier submission. The others are no longer valid. */
  standing: 'open' | 'watch' | 'over' | 'expired' | 'replaced'
  /** The purpose of its token. */
  purpose: LinkPurpose
  /** Whether it is the newest version of the link. */
  current: boolean
  billingCustomer: BillingCustomer
  onboarding: OnboardingFacts
  /**
   * What the caller set for this page: the language and theme that take precedence over all other choices, and where
   * the customer can go. Build those addresses with `returnAddress`; `completionOf` has the default of `onCompletion`.
   */
  page: PageOptions
  brand: PageBrand
  settings: TenantSettings
  /** Gateways that rejected the account with which this organization would begin a payment now. */
  refusedGateways: GatewayName[]
}

/**
 * Returns what a link opens. Returns undefined for any invalid link, so that the reason is not revealed. A token
 * with the purpose `progress` opens only the progress.
 */
export async function openLink(
  d: ApiDependencies,
  path: LinkPath,
  token: string | undefined,
  purposes: LinkPurpose[],
): Promise<OpenedLink | undefined> {
  if (!token || !isLinkPath(path)) return undefined
  const [billingCustomer, brand, versions] = await Promise.all([
    findBillingCustomerByPath(d.database, path.org_id, path.bc_id),
    findBrandOfLink(d.database, path.bc_id, path.brand_id),
    listLinkVersions(d.database, path.bc_id),
  ])
  if (!billingCustomer || !brand || billingCustomer.status === 'closed') return undefined
  for (const purpose of purposes) {
    const recognized = recognizeToken(d.setupLinkSecrets, purpose, token, versions)
    if (!recognized) continue
    const [facts, settings, refused] = await Promise.all([
      readFacts(d.database, recognized.onboardingId),
      readSettings(d.database, d.settingDefaults, billingCustomer),
      listRefusedAccounts(d.database, billingCustomer),
    ])
    const onboarding = facts!
    const standing = standingOf(
      onboarding,
      recognized.version,
      versions.find(({ kind }) => kind === onboarding.kind)!.id,
      settings,
    )
    const current = recognized.version === onboarding.linkVersion
    return {
      standing: purpose === 'progress' && standing === 'open' ? 'watch' : standing,
      purpose,
      current,
      billingCustomer,
      onboarding,
      page: onboarding.page,
      brand,
      settings,
      refusedGateways: refusedFor({ ...billingCustomer, settings }, refused),
    }
  }
  return undefined
}

function standingOf(
  onboarding: OnboardingFacts,
  version: number,
  latestId: string,
  settings: Settings,
): OpenedLink['standing'] {
  const submitted = onboarding.attempts.some(
    (attempt) => attempt.linkVersion === version && (attempt.closedAt === null || attempt.state === 'paid'),
  )
  if (onboarding.endedAt) return endedStanding(onboarding, submitted || version === onboarding.linkVersion, latestId)
  if (version < onboarding.linkVersion) return submitted ? 'watch' : 'replaced'
  if (onboarding.closing) return onboarding.closing === 'expired' && !submitted ? 'expired' : 'watch'
  const expired = expiryOf(onboarding, settings) <= new Date()
  if (expired) return openAttempt(onboarding) || isPaid(onboarding) ? 'watch' : 'expired'
  return 'open'
}

/** After the end the page is read-only. A link of any but the newest onboarding counts as replaced. */
function endedStanding(onboarding: OnboardingFacts, valid: boolean, latestId: string): OpenedLink['standing'] {
  if (onboarding.onboardingId !== latestId) return 'replaced'
  if (onboarding.result === 'expired') return 'expired'
  return valid ? 'over' : 'replaced'
}
