import { createHmac, type Hmac, timingSafeEqual } from 'node:crypto'

/** `setup` opens the page; `progress` is what we hand to vendors as return address, and opens the progress only. */
export type LinkPurpose = 'setup' | 'progress'

function sign(secret: string, purpose: LinkPurpose, onboardingId: string, version: number): Hmac {
  return createHmac('sha256', secret).update(`${purpose}\n${onboardingId}\n${version}`)
}

/** The token of one version of one onboarding's link. Nobody can build it from ids. */
export function linkToken(secrets: string[], purpose: LinkPurpose, onboardingId: string, version: number): string {
  return sign(secrets[0]!, purpose, onboardingId, version).digest('base64url')
}

/** Says which onboarding and version a token was made for, among those that exist; undefined where for none. */
export function recognizeToken(
  secrets: string[],
  purpose: LinkPurpose,
  token: string,
  onboardings: { id: string; linkVersion: number }[],
): { onboardingId: string; version: number } | undefined {
  const given = Buffer.from(token, 'base64url')
  // Another spelling of the same bytes is another link: 404.
  if (given.length !== 32 || given.toString('base64url') !== token) return undefined
  for (const { id, linkVersion } of onboardings) {
    for (let version = linkVersion; version >= 1; version--) {
      if (secrets.some((secret) => timingSafeEqual(given, sign(secret, purpose, id, version).digest())))
        return { onboardingId: id, version }
    }
  }
  return undefined
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
  `/public/edge/setup-billing/${brandId ?? '1'}/${organizationId}/${billingCustomerId}`

/** The setup link: the same for every call until it is replaced or its onboarding ends. */
export function setupUrl(
  { publicUrl, setupLinkSecrets }: { publicUrl: string; setupLinkSecrets: string[] },
  target: LinkTarget,
): string {
  return `${publicUrl}${pagePath(target)}?token=${linkToken(setupLinkSecrets, 'setup', target.onboardingId, target.linkVersion)}`
}
