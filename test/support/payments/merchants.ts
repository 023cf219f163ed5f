import type { GatewayName } from '../../../domain/lifecycle.ts'
import type { AccountChoice } from '../../../domain/tenant/gateway-accounts.ts'
import { callersExpired } from '../callers-expired.ts'
import { connectOwner } from '../gateways/connected-account.ts'
import { postUntilServed } from '../keyed-post.ts'
import { until } from '../until.ts'
import type { SetupPage } from '../world/setup-page.ts'
import type { World } from '../world/world.ts'

/** An organization with accounts of its own at both gateways. */
export type Merchant = Awaited<ReturnType<typeof connectMerchant>>

interface Tenant {
  /** Its API key, and what the edge door needs. */
  secret_key: string
  org_id: string
  brand_id: string
  item_id: string
}

/**
 * Connects accounts at these gateways for an organization, whose customers then pay there. `name`: of the accounts at
 * the vendors. `onPlatform`: the one at Stripe has no keys, and is connected to the installation's as a platform.
 */
export async function connectMerchant(
  world: World,
  tenant: Tenant,
  name: string,
  gateways: GatewayName[] = ['stripe', 'paypal'],
  onPlatform = false,
) {
  const { secret_key: key, org_id, brand_id, item_id } = tenant
  const native = async (method: string, path: string, body?: object) => {
    const answer =
      method === 'POST'
        ? await postUntilServed(world, path, body ?? {}, key)
        : await world.asNative(method, path, body, key)
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const connect = (keys: object) => native('POST', '/v1/gateway_accounts', keys)
  const card = { gateway: 'stripe', secret_key: `sk_test_${name}`, publishable_key: `pk_test_${name}` }
  const wallet = { gateway: 'paypal', client_id: `client-of-${name}`, client_secret: `secret-of-${name}-and-no-other` }
  const ids = {} as Record<GatewayName, string>
  let publishableKey = card.publishable_key
  if (onPlatform) {
    const { id, vendor_account_id } = await connectOwner(world, key)
    ids.stripe = id
    publishableKey = `pk_test_world ${vendor_account_id}`
  }
  for (const gateway of gateways) ids[gateway] ??= (await connect({ stripe: card, paypal: wallet }[gateway])).id
  const edge = { api_key: key, org_id, brand_id, bi_id: item_id }
  const merchant = {
    name,
    key,
    /** What Stripe's script is opened with, as `BrowserSide.publishableKey`. */
    publishableKey,
    ids,
    native,
    async use(choice: AccountChoice): Promise<void> {
      await native('PATCH', '/v1/settings', { gateway_accounts: choice })
      await callersExpired()
    },
    /** Sends a command about an account, and waits until it applies everywhere. */
    async command(gateway: GatewayName, command: 'activate' | 'drain' | 'disable'): Promise<void> {
      await native('POST', `/v1/gateway_accounts/${ids[gateway]}/${command}`)
      await callersExpired()
    },
    open: () => world.openSetup(undefined, edge),
    /** Opens an onboarding that only saves a method. */
    async openFree(): Promise<{ bc: string; page: SetupPage }> {
      const asked = { ...edge, contact_id: world.newContact(), require_initial: 0 }
      const { body } = await until(
        () => world.edge('createCustomer', asked),
        ({ status }) => status === 200,
      )
      return { bc: body.billing_customer_id, page: world.pageOf(body.data.setup_url) }
    },
    /** Waits until the onboarding has ended. Returns its result. */
    async ended(bc: string): Promise<string> {
      const read = async () => (await native('GET', `/v1/billing_customers/${bc}`)).onboarding.status as string
      return until(read, (status) => status !== 'pending')
    },
    /** Submits a card or a wallet that pays, as the page of this organization does. */
    submit: (gateway: GatewayName, page: SetupPage, shown?: object) =>
      gateway === 'stripe' ? page.submitCard(undefined, shown, publishableKey) : page.submitPayPal(shown),
  }
  await merchant.use('own')
  return merchant
}
