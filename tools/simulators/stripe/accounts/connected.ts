import type Stripe from 'stripe'
import { accountView } from './account-view.ts'
import { accountInvalid, invalidRequest, missing, StripeAnswer } from '../errors.ts'
import { requireText, type Input } from '../input.ts'
import { pageOf } from '../page-of.ts'
import type { StripeState } from '../behavior/state.ts'

const isConnected = ({ journal }: StripeState, id: string) => journal.get<{ id: string }>('connected', id) !== undefined

/** Returns the platform to which an account is connected, unless its owner has disconnected it. */
export function platformOf(state: StripeState): StripeState | undefined {
  const platform = creatorOf(state)
  return platform && isConnected(platform, state.id) ? platform : undefined
}

/** Returns the platform that created an account. */
function creatorOf(state: StripeState): StripeState | undefined {
  const id = state.journal.get<string>('platform', 'id')
  return id === undefined ? undefined : state.other(id)
}

// docs.stripe.com/error-codes#platform-account-required
const platformRequired = () =>
  new StripeAnswer(403, {
    type: 'invalid_request_error',
    code: 'platform_account_required',
    message:
      'Only Stripe Connect platforms can work with other accounts. If you specified a client_id parameter, make sure ' +
      "it's correct. If you need to setup a Stripe Connect platform, you can do so at " +
      'https://dashboard.stripe.com/account/applications/settings.',
  })

const isPlatform = ({ journal }: StripeState) => journal.get<boolean>('settings', 'platform') ?? true

/** Returns why a key may not act on an account, or undefined for an account that is connected. */
export function refusalOfConnect(platform: StripeState, key: string, id: string): StripeAnswer | undefined {
  if (!isPlatform(platform)) return platformRequired()
  return isConnected(platform, id) ? undefined : accountInvalid(key, id)
}

/** Creates an account that is connected to the platform. It cannot be charged until its owner has completed a link. */
export function createAccount(platform: StripeState, input: Input): Stripe.Account {
  if (!isPlatform(platform)) throw platformRequired()
  const { country = 'US', email = null, metadata = {}, type, controller, business_type = null } = input
  if (type !== undefined && controller !== undefined)
    throw invalidRequest('You may not provide the `type` parameter and `controller` parameters simultaneously.', {
      param: 'type',
    })
  const account = platform.other(platform.newId('acct'))
  for (const [name, value] of Object.entries({ country, charges_enabled: false, details_submitted: false }))
    account.journal.put('settings', name, value)
  account.journal.put('about', 'self', { email, metadata, business_type, type: type ?? 'none' })
  account.journal.put('platform', 'id', platform.id)
  platform.journal.put('connected', account.id, { id: account.id })
  return accountView(account)
}

/** Lists the connected accounts, newest first. */
export function listAccounts(platform: StripeState, input: Input): Stripe.ApiList<Stripe.Account> {
  const all = platform.journal.list<{ id: string }>('connected').map(({ id }) => accountView(platform.other(id)))
  return { object: 'list', ...pageOf(all.reverse(), input), url: '/v1/accounts' }
}

/** Seconds in which a link can be opened. */
const linkLivesFor = 300

/** A link by which the owner of an account enters its data. It can be opened once. */
export interface StoredLink {
  account: string
  return_url: string
  refresh_url: string
  expires_at: number
  /** What the page that was opened must send. Absent before. */
  session?: string
}

export function createAccountLink(platform: StripeState, input: Input): Stripe.AccountLink {
  const account = requireText(input, 'account')
  const type = requireText(input, 'type')
  if (type !== 'account_onboarding') throw invalidRequest(`Invalid type: ${type}`, { param: 'type' })
  const [return_url, refresh_url] = [requireText(input, 'return_url'), requireText(input, 'refresh_url')]
  if (!isConnected(platform, account)) throw missing('account', account, 'account')
  const created = platform.now()
  const token = platform.newId('link')
  const link: StoredLink = { account, return_url, refresh_url, expires_at: created + linkLivesFor }
  platform.journal.put('account_links', token, link)
  const url = `${platform.shared.url}/setup/s/${account}/${token}`
  return { object: 'account_link', created, expires_at: link.expires_at, url }
}

/** Returns a platform as the event `account.application.deauthorized` names it (docs.stripe.com/api/events/types). */
export const applicationOf = (platform: StripeState): object => ({
  id: `ca_${platform.id.slice(5)}`,
  object: 'application',
  name: 'Simulated platform',
})

/** Ends the access of an account's platform, or gives it back, as the owner does in the dashboard. */
export function setConnected(account: StripeState, isWanted: boolean): void {
  const platform = creatorOf(account)
  if (isWanted) platform?.journal.put('connected', account.id, { id: account.id })
  else platform?.journal.remove('connected', account.id)
}
