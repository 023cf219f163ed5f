import type { Author } from '../../domain/events/author.ts'
import { conflict } from '../../domain/failure/failures.ts'
import type { OnboardingLink } from '../../gateways/platform.ts'
import type { OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import type { AccountDependencies } from './dependencies.ts'
import { asPlatform, notConnected, requirePlatform } from './platform.ts'
import { refreshConnected } from './refresh-connected.ts'

/** Where the owner goes from the gateway: after its pages, and with a link that cannot be used any more. */
export interface LinkUrls {
  returnUrl: string
  refreshUrl: string
}

/** An account with a fresh onboarding link. */
export interface WithLink {
  account: OwnAccount
  link: OnboardingLink
}

/**
 * Reads an account at the gateway and creates a fresh onboarding link for it. Throws `conflict` for an account with
 * keys, and if it is not connected any more.
 */
export async function createLink(
  d: AccountDependencies,
  account: OwnAccount,
  urls: LinkUrls,
  author: Author,
): Promise<WithLink> {
  if (account.auth !== 'connect')
    throw conflict('gateway_account_other_auth', 'id', 'has keys of its own: an onboarding link is not for it')
  const platform = await requirePlatform(d, account)
  const read = await asPlatform(() => refreshConnected(d, account, author))
  if (!read.standing) throw notConnected()
  return { account: read, link: await asPlatform(() => platform.createLink(account.vendorAccountId, urls)) }
}
