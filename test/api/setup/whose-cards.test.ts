import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chargedCustomer } from '../../../payments/customers/charged-customer.ts'
import { isGatewayError } from '../../../domain/payment/gateway-errors.ts'
import { gatewayNames, type Environment, type GatewayName } from '../../../domain/lifecycle.ts'
import { installationAccount } from '../../../domain/reference.ts'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import type { OnboardingFacts } from '../../../domain/onboarding/onboarding.ts'
import type { PaymentGateway } from '../../../gateways/gateway.ts'
import { claimGatewayCustomer } from '../../../store/customers/gateway-customers.ts'
import type { PaymentAttempt } from '../../../store/payments/attempts.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Two organizations share the account at each gateway. Whose a saved method is, is asked from every side.

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true })
  for (const tenant of tenants())
    await world.sql`
      insert into customers (id, organization_id, environment)
      values (${customerOf(tenant)}, ${tenant.organizationId}, ${tenant.environment})`
})
afterAll(() => world.close())

interface Tenant {
  organizationId: string
  environment: Environment
}
const tenants = (): Tenant[] =>
  [world.seeds.org_id, world.seeds.other_org.org_id].flatMap((organizationId) =>
    (['live', 'sandbox'] as const).map((environment) => ({ organizationId, environment })),
  )
const customerOf = ({ organizationId, environment }: Tenant) => `cus_${environment}_${organizationId}`
const isSame = (a: Tenant, b: Tenant) => a.organizationId === b.organizationId && a.environment === b.environment

/** Whether a tenant may charge a saved method of the gateway's customer `owner`, whose metadata may name a tenant. */
async function mayCharge(tenant: Tenant, name: GatewayName, owner: string, metadata?: Tenant): Promise<boolean> {
  const customer = {
    id: owner,
    organizationId: metadata?.organizationId ?? null,
    environment: metadata?.environment ?? null,
  }
  const { accountId } = installationAccount(tenant.environment, name)
  const gateway = { name, accountId, readMethod: async (id: string) => ({ id, customer }) } as unknown as PaymentGateway
  const facts = { ...tenant, customerId: customerOf(tenant) } as OnboardingFacts
  const unsent = { gatewayCustomerId: null, sentAt: null, objectNumber: null }
  const attempt = { reference: 'method', singleUse: false, ...unsent } as PaymentAttempt
  try {
    const charged = await chargedCustomer(world.sql, gateway, facts, attempt, builtInSettings)
    expect(charged).toEqual({ customerId: owner, attached: true })
    return true
  } catch (error) {
    expect(isGatewayError(error, 'method_unusable')).toBe(true)
    return false
  }
}

describe.each(gatewayNames)('at %s a saved method', (name) => {
  test('of a customer in the table belongs only to its tenant, regardless of who requests it', async () => {
    for (const owner of tenants()) {
      const id = `row_of_${owner.environment}_${owner.organizationId}`
      const account = installationAccount(owner.environment, name)
      const owned = { ...account, customerId: customerOf(owner), gatewayCustomerId: id }
      await claimGatewayCustomer(world.sql, owner, owned)
      for (const tenant of tenants()) expect(await mayCharge(tenant, name, id)).toBe(isSame(tenant, owner))
    }
  })

  test('whose metadata names a tenant belongs only to that tenant, permanently', async () => {
    for (const owner of tenants()) {
      const id = `named_${owner.environment}_${owner.organizationId}`
      const others = tenants().filter((tenant) => !isSame(tenant, owner))
      for (const tenant of others) expect(await mayCharge(tenant, name, id, owner)).toBe(false)
      expect(await mayCharge(owner, name, id, owner)).toBe(true)
      // Metadata that were changed afterwards do not move it to another organization.
      const [rival] = others.filter(({ environment }) => environment === owner.environment)
      expect(await mayCharge(rival!, name, id, rival!)).toBe(false)
    }
  })

  test('of an unknown customer belongs to nobody', async () => {
    for (const tenant of tenants()) expect(await mayCharge(tenant, name, 'of_a_stranger')).toBe(false)
  })
})

describe('PayPal wallets', () => {
  const other = () => {
    const { org_id, brand_id, secret_key } = world.seeds.other_org
    return { api_key: secret_key, org_id, brand_id }
  }
  const use = (vault_token: string, tenant: object = {}) =>
    world.edge('createCustomer', {
      ...tenant,
      contact_id: world.newContact(),
      gateway: 'paypal',
      payment_data: { vault_token },
    })

  /** A wallet that a customer saved on the page. */
  async function walletOf(tenant: object, item: string): Promise<string> {
    const { bc, page } = await world.openSetup(undefined, { ...tenant, bi_id: item })
    await page.submitPayPal()
    const read = () => world.edge('getCustomer', { ...tenant, bc_id: bc })
    await expect.poll(async () => (await read()).body.data.bc_status).toBe('active')
    return (await read()).body.data.bc_payment_data.pm_id
  }
  const refused = [400, ['payment_data.vault_token: is not a payment method that this organization can use']]

  test('of one organization are rejected in the other, both ways; each accepts its own', async () => {
    const mine = await walletOf({}, world.seeds.item_id)
    const theirs = await walletOf(other(), world.seeds.other_org.item_id)
    const before = (await world.simulatePayPal('ledger')).body.charges.length
    for (const answer of [await use(theirs), await use(mine, other())])
      expect([answer.status, answer.body.errors]).toEqual(refused)
    expect((await world.simulatePayPal('ledger')).body.charges).toHaveLength(before)
    for (const answer of [await use(mine), await use(theirs, other())])
      expect([answer.status, answer.body.data.bc_status]).toEqual([200, 'active'])
    expect((await world.simulatePayPal('ledger')).body.charges).toHaveLength(before + 2)
  })

  test('that someone else saved at the same account are rejected', async () => {
    const paypal = async (path: string, body: object) => {
      const token = Buffer.from('client:secret').toString('base64')
      const access = await world.request(`${world.paypal!.url}/v1/oauth2/token`, {
        method: 'POST',
        headers: { Authorization: `Basic ${token}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      })
      const { body: answer } = await world.request(`${world.paypal!.url}${path}`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${access.body.access_token}`,
          'Content-Type': 'application/json',
          'PayPal-Request-Id': path.replaceAll('/', '-'),
        },
        body: JSON.stringify(body),
      })
      return answer.id as string
    }
    const session = await paypal('/v3/vault/setup-tokens', { payment_source: { paypal: { usage_type: 'MERCHANT' } } })
    await world.simulatePayPal('approve', { setup_token: session, outcome: 'approve' })
    const token = { id: session, type: 'SETUP_TOKEN' }
    const answer = await use(await paypal('/v3/vault/payment-tokens', { payment_source: { token } }))
    expect([answer.status, answer.body.errors]).toEqual(refused)
  })
})
