import type { GatewayName } from '../../domain/lifecycle.ts'
import type { Seeds } from '../local/seed.ts'

// Where customers pay: an organization for each kind of gateway account.

/** `shared`: the installation's accounts. `own`: accounts with keys. `connected`: to the installation's, at Stripe. */
export const merchantNames = ['shared', 'own', 'connected'] as const
export type MerchantName = (typeof merchantNames)[number]

/** An organization, and the accounts at which its customers pay. */
export interface Merchant {
  seeds: Seeds['other_org']
  /** What Stripe's script is opened with: a key, and the connected account if there is one. */
  publishableKey: string
  /** The ids of its accounts: ours, and the vendor's. */
  accounts: { ours: string; vendor: string }[]
}
export type Merchants = Record<MerchantName, Merchant>

/** What opening them needs. `urls`: of the simulators. */
export interface Opening {
  apiUrl: string
  urls: Record<GatewayName, string>
  organizations: Record<MerchantName, Seeds['other_org']>
  publishableKey: string
}

async function call(method: string, url: string, body?: object, key = ''): Promise<Record<string, string>> {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }
  const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  const answer = (await response.json()) as Record<string, string>
  if (!response.ok) throw new Error(`${url} returned ${response.status} ${JSON.stringify(answer)}`)
  return answer
}

/** Returns the id of the installation's account at a vendor: the first that it has. */
async function sharedAt(url: string): Promise<string> {
  const { accounts } = (await call('GET', `${url}/_sim/accounts`)) as unknown as { accounts: { id: string }[] }
  return accounts[0]!.id
}

const keys = { secret_key: 'sk_test_ownshop', publishable_key: 'pk_test_ownshop' }
const client = { client_id: 'client-of-the-own-shop', client_secret: 'only-for-chaos' }
const links = { return_url: 'https://shop.example/return', refresh_url: 'https://shop.example/refresh' }

/** Connects an account of each kind, and makes each organization's customers pay at its own. */
export async function openMerchants({ apiUrl, urls, organizations, publishableKey }: Opening): Promise<Merchants> {
  const { shared, own, connected } = organizations
  const connect = async (tenant: Seeds['other_org'], body: object) => {
    const made = await call('POST', `${apiUrl}/v1/gateway_accounts`, body, tenant.secret_key)
    return { ours: made.id!, vendor: made.vendor_account_id! }
  }
  const stripe = { ours: 'ga_stripe_sandbox', vendor: await sharedAt(urls.stripe) }
  const paypal = { ours: 'ga_paypal_sandbox', vendor: await sharedAt(urls.paypal) }
  const card = await connect(own, { gateway: 'stripe', ...keys })
  const wallet = await connect(own, { gateway: 'paypal', ...client })
  const onPlatform = await connect(connected, { gateway: 'stripe', auth: 'connect', ...links })
  // What its owner does with the onboarding link.
  const entered = { charges_enabled: true, details_submitted: true }
  await call('POST', `${urls.stripe}/_sim/settings?account=${onPlatform.vendor}`, entered)
  await call('POST', `${apiUrl}/v1/gateway_accounts/${onPlatform.ours}/activate`, {}, connected.secret_key)
  for (const { secret_key } of [own, connected])
    await call('PATCH', `${apiUrl}/v1/settings`, { gateway_accounts: 'own_or_shared' }, secret_key)
  return {
    shared: { seeds: shared, publishableKey, accounts: [stripe, paypal] },
    own: { seeds: own, publishableKey: keys.publishable_key, accounts: [card, wallet] },
    connected: {
      seeds: connected,
      publishableKey: `${publishableKey} ${onPlatform.vendor}`,
      accounts: [onPlatform, paypal],
    },
  }
}
