import { createHmac, type Hmac, timingSafeEqual } from 'node:crypto'
import { mostLinkVersions } from '../domain/onboarding/onboarding.ts'
import { noBrand } from '../store/tenants/brands.ts'

/** `setup` opens the page; `progress` is what we hand to vendors as return address, and opens the progress only. */
export type LinkPurpose = 'setup' | 'progress'

function sign(secret: string, purpose: LinkPurpose, onboardingId: string, version: number): Hmac {
  return createHmac('sha256', secret).update(`${purpose}\n${onboardingId}\n${version}`)
}

/** The token of one version of one onboarding's link. Nobody can build it from ids. */
export function linkToken(secrets: string[], purpose: LinkPurpose, onboardingId: string, version: number): string {
  return sign(secrets[0]!, purpose, onboardingId, version).digest('base64url')
}

interface LinkVersion {
  id: string
  version: number
}

/**
 * Returns the versions that a token is compared with: the newest of each onboarding, then earlier ones, newest
 * onboarding first, as many as one onboarding may have. A wrong token costs no more where more were made.
 */
function comparedVersions(onboardings: { id: string; linkVersion: number }[]): LinkVersion[] {
  const newest = onboardings.map(({ id, linkVersion }) => ({ id, version: linkVersion }))
  const earlier: LinkVersion[] = []
  for (const { id, linkVersion } of onboardings)
    for (let version = linkVersion - 1; version >= 1 && earlier.length < mostLinkVersions; version--)
      earlier.push({ id, version })
  return [...newest, ...earlier]
}

/** Returns which onboarding and version a token was made for, among those that exist; undefined where for none. */
export function recognizeToken(
  secrets: string[],
  purpose: LinkPurpose,
  token: string,
  onboardings: { id: string; linkVersion: number }[],
): { onboardingId: string; version: number } | undefined {
  const given = Buffer.from(token, 'base64url')
  // Another spelling of the same bytes is another link: 404.
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

/** Where the hosted page of a billing customer lives, without its token. */
export const pagePath = ({
  brandId,
  organizationId,
  billingCustomerId,
}: Omit<LinkTarget, 'onboardingId' | 'linkVersion'>) =>
  `/public/edge/setup-billing/${brandId ?? noBrand}/${organizationId}/${billingCustomerId}`

/** The setup link: the same for every call until it is replaced or its onboarding ends. */
export function setupUrl(
  { publicUrl, setupLinkSecrets }: { publicUrl: string; setupLinkSecrets: string[] },
  target: LinkTarget,
): string {
  const token = linkToken(setupLinkSecrets, 'setup', target.onboardingId, target.linkVersion)
  return `${publicUrl}${pagePath(target)}?token=${token}`
}
