import { createHmac, type Hmac, timingSafeEqual } from 'node:crypto'
import { mostLinkVersions } from '../domain/onboarding/onboarding.ts'
import { noBrand } from '../store/tenants/brands.ts'

/** `setup` opens the page. `progress` is for return URLs given to vendors, and opens the progress only. */
export type LinkPurpose = 'setup' | 'progress'

function sign(secret: string, purpose: LinkPurpose, onboardingId: string, version: number): Hmac {
  return createHmac('sha256', secret).update(`${purpose}\n${onboardingId}\n${version}`)
}

/** Returns the token of one version of an onboarding's link. It cannot be derived from ids. */
export function linkToken(secrets: string[], purpose: LinkPurpose, onboardingId: string, version: number): string {
  return sign(secrets[0]!, purpose, onboardingId, version).digest('base64url')
}

interface LinkVersion {
  id: string
  version: number
}

/**
 * Returns the versions that a token is compared with: the newest of each onboarding, then earlier ones, newest
 * onboarding first, up to the maximum of one onboarding. The cost of a wrong token is therefore bounded.
 */
function comparedVersions(onboardings: { id: string; linkVersion: number }[]): LinkVersion[] {
  const newest = onboardings.map(({ id, linkVersion }) => ({ id, version: linkVersion }))
  const earlier: LinkVersion[] = []
  for (const { id, linkVersion } of onboardings)
    for (let version = linkVersion - 1; version >= 1 && earlier.length < mostLinkVersions; version--)
      earlier.push({ id, version })
  return [...newest, ...earlier]
}

/** Returns the onboarding and version that a token was created for, or undefined if there is none. */
export function recognizeToken(
  secrets: string[],
  purpose: LinkPurpose,
  token: string,
  onboardings: { id: string; linkVersion: number }[],
): { onboardingId: string; version: number } | undefined {
  const given = Buffer.from(token, 'base64url')
  // Another encoding of the same bytes is not the same link: 404.
  if (given.length !== 32 || given.toString('base64url') !== token) return undefined
  const isSignedBy = ({ id, version }: LinkVersion) =>
    secrets.some((secret) => timingSafeEqual(given, sign(secret, purpose, id, version).digest()))
  const found = comparedVersions(onboardings).find(isSignedBy)
  return found && { onboardingId: found.id, version: found.version }
}

export interface LinkTarget {
  brandId: string | null
  organizationId: string
  billingCustomerId: string
  onboardingId: string
  linkVersion: number
}

/** Returns the path of a billing customer's hosted page, without the token. */
export const pagePath = ({
  brandId,
  organizationId,
  billingCustomerId,
}: Omit<LinkTarget, 'onboardingId' | 'linkVersion'>) =>
  `/public/edge/setup-billing/${brandId ?? noBrand}/${organizationId}/${billingCustomerId}`

/** Returns the setup link, which stays the same until it is replaced or its onboarding ends. */
export function setupUrl(
  { publicUrl, setupLinkSecrets }: { publicUrl: string; setupLinkSecrets: string[] },
  target: LinkTarget,
): string {
  const token = linkToken(setupLinkSecrets, 'setup', target.onboardingId, target.linkVersion)
  return `${publicUrl}${pagePath(target)}?token=${token}`
}
