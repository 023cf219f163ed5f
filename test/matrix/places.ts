import type { GatewayName } from '../../domain/lifecycle.ts'
import { installationAccount } from '../../domain/reference.ts'
import { seedOrganization } from '../../tools/local/seed.ts'
import { connectMerchant } from '../support/payments/merchants.ts'
import type { World } from '../support/world/world.ts'

/** An organization of the matrix, and the account at which its customers pay. */
export interface Place {
  key: string
  /** What the edge door needs. */
  edge: { api_key: string; org_id: string; brand_id: string; bi_id: string }
  /** What Stripe's script is opened with, as `BrowserSide.publishableKey`. */
  publishableKey: string
  /** The id of the account at the flow's gateway: ours, and the vendor's. */
  account: { ours: string; vendor: string }
}

interface FlowOfPlaces {
  gateway: GatewayName
  payer?: string
}

/** The most kinds of accounts: the installation's, an organization's own, and one that is connected to a platform. */
const kinds = Number(process.env.MATRIX_ACCOUNTS ?? 3)

/**
 * Opens the places over which a flow's onboardings are spread, at most `most`. Customers of one payer stay at one
 * account, which has one token of that payer.
 */
export async function openPlaces(world: World, { gateway, payer }: FlowOfPlaces, most: number): Promise<Place[]> {
  const { seeds } = world
  const { body } = await (gateway === 'stripe' ? world.simulate('accounts') : world.simulatePayPal('accounts'))
  const shared = {
    ...tenantOf(seeds),
    publishableKey: 'pk_test_world',
    account: { ours: installationAccount('sandbox', gateway).accountId, vendor: body.accounts[0].id as string },
  }
  const count = Math.min(most, payer ? 1 : kinds)
  const places: Place[] = [shared]
  if (count > 1) places.push(await openOwn(world, seeds.other_org, gateway, false))
  if (count > 2 && gateway === 'stripe') {
    const tenant = await seedOrganization({ database: world.sql, settingDefaults: world.settingDefaults }, 'Connected')
    world.secrets.add(tenant.secret_key)
    places.push(await openOwn(world, tenant, gateway, true))
  }
  return places
}

type Tenant = World['seeds']['other_org']

const tenantOf = ({ secret_key, org_id, brand_id, item_id }: Tenant) => ({
  key: secret_key,
  edge: { api_key: secret_key, org_id, brand_id, bi_id: item_id },
})

async function openOwn(world: World, tenant: Tenant, gateway: GatewayName, onPlatform: boolean): Promise<Place> {
  const { ids, native, publishableKey } = await connectMerchant(world, tenant, 'ownshop', [gateway], onPlatform)
  const { vendor_account_id: vendor } = await native('GET', `/v1/gateway_accounts/${ids[gateway]}`)
  return { ...tenantOf(tenant), publishableKey, account: { ours: ids[gateway], vendor } }
}
