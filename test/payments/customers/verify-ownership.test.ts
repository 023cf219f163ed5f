import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installationAccount, type Tenant } from '../../../domain/reference.ts'
import type { CustomerOwnership } from '../../../domain/payment/customer-ownership.ts'
import type { PaymentGateway } from '../../../gateways/gateway.ts'
import { ownershipOf, verifyOwnership } from '../../../payments/customers/verify-ownership.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Whose a gateway customer is, by each policy of its account.

let world: World
let mine: Tenant
let theirs: Tenant
beforeAll(async () => {
  world = await createWorld({ worker: false })
  mine = { organizationId: world.seeds.org_id, environment: 'sandbox' }
  theirs = { organizationId: world.seeds.other_org.org_id, environment: 'sandbox' }
})
afterAll(() => world.close())

const account = installationAccount('sandbox', 'stripe')
const at = (ownership?: CustomerOwnership) =>
  ({ name: 'stripe', accountId: account.accountId, ownership }) as PaymentGateway
const named = (organizationId: string | null = null, environment: string | null = null) => ({
  id: `cus_${randomUUID()}`,
  organizationId,
  environment,
})
const policies = [undefined, 'proven', 'exclusive', 'exclusive_while_alone'] as const

async function newCustomer(tenant: Tenant) {
  const customerId = `cus_${randomUUID()}`
  const row = { id: customerId, organizationId: tenant.organizationId, environment: tenant.environment }
  await world.sql`insert into customers ${world.sql(row)}`
  return { ...tenant, customerId }
}

test('a customer without an owner belongs to the organization only where the account does', async () => {
  const ofPolicy = async (ownership?: CustomerOwnership) => ownershipOf(world.sql, at(ownership), mine, named())
  expect(await Promise.all(policies.map(ofPolicy))).toEqual(['foreign', 'foreign', 'claimable', 'foreign'])
  // A key of the metadata that belongs to the caller.
  expect(await ownershipOf(world.sql, at('exclusive'), mine, named('acme-7'))).toBe('claimable')
})

test('metadata that names an organization decide under every policy', async () => {
  for (const policy of policies) {
    const whose = (...names: Parameters<typeof named>) => ownershipOf(world.sql, at(policy), mine, named(...names))
    expect(await whose(mine.organizationId, 'sandbox')).toBe('claimable')
    expect(await whose(theirs.organizationId, 'sandbox')).toBe('foreign')
    expect(await whose(mine.organizationId, 'live')).toBe('foreign')
  }
})

test('what another organization claimed stays foreign under every policy', async () => {
  const customer = named()
  await verifyOwnership(world.sql, at('exclusive'), await newCustomer(theirs), customer)
  expect(await ownershipOf(world.sql, at(), theirs, customer)).toBe('recorded')
  for (const policy of policies) {
    expect(await ownershipOf(world.sql, at(policy), mine, customer)).toBe('foreign')
    const claim = verifyOwnership(world.sql, at(policy), await newCustomer(mine), { ...customer, ...mine })
    await expect(claim).rejects.toMatchObject({ kind: 'method_unusable' })
  }
})

test('the account of an installation is exclusive until others get a key of the environment', async () => {
  const live = { ...mine, environment: 'live' } as const
  const whose = () => ownershipOf(world.sql, at('exclusive_while_alone'), live, named())
  await world.admin('create-key', { organization: live.organizationId, environment: 'live', scopes: '*' })
  expect(await whose()).toBe('claimable')
  const key = await world.admin('create-key', { organization: theirs.organizationId, environment: 'live', scopes: '*' })
  expect(await whose()).toBe('foreign')
  await world.admin('revoke-key', { key: key.id as string })
  expect(await whose()).toBe('foreign')
})
