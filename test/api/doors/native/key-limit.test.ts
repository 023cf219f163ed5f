import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mostApiKeys } from '../../../../store/tenants/api-keys.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const create = () => world.asNative('POST', '/v1/api_keys', { scopes: ['customers:read'] })
const inForce = async (organization = world.seeds.org_id) => {
  const [row] = await world.sql<{ count: number }[]>`
    select count(*)::int from api_keys where organization_id = ${organization} and environment = 'sandbox'
      and revoked_at is null and (expires_at is null or expires_at > now())`
  return row!.count
}

/** Adds keys of which nobody has the secret, until only so many more may be made. */
async function fillUpTo(left: number): Promise<void> {
  const wanted = mostApiKeys - left - (await inForce())
  const rows = Array.from({ length: Math.max(0, wanted) }, (_, i) => ({
    id: `key_filler${left}_${i}`,
    organizationId: world.seeds.org_id,
    environment: 'sandbox',
    kind: 'secret',
    name: '',
    scopes: ['customers:read'],
    secretHash: randomBytes(32),
    lastFour: 'none',
  }))
  await world.sql`insert into api_keys ${world.sql(rows)}`
}

test('limits valid keys, counted exactly under concurrent calls; the error names the limit', async () => {
  await fillUpTo(3)
  const answers = await Promise.all(Array.from({ length: 10 }, create))
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(3)
  expect(statuses.filter((status) => status === 409)).toHaveLength(7)
  expect(await inForce()).toBe(mostApiKeys)
  const refused = answers.find(({ status }) => status === 409)!
  expect(refused.body).toMatchObject({
    code: 'limit_reached',
    detail: expect.stringContaining(`${mostApiKeys} valid API keys`),
  })
  const options = { organization: world.seeds.org_id, environment: 'sandbox', scopes: '*' }
  await expect(world.admin('create-key', options)).rejects.toThrow(`${mostApiKeys} valid API keys`)
})

test('at the limit a key can be rotated only without overlap, and revoking one makes room', async () => {
  const [{ id }] = (await world.asNative('GET', '/v1/api_keys?limit=1')).body.data
  const rotate = (overlap_seconds: number) => world.asNative('POST', `/v1/api_keys/${id}/rotate`, { overlap_seconds })
  expect((await rotate(3600)).status).toBe(409)
  expect((await rotate(0)).status).toBe(201)
  expect(await inForce()).toBe(mostApiKeys)
  expect((await world.asNative('POST', '/v1/api_keys/key_filler3_0/revoke')).status).toBe(200)
  expect((await create()).status).toBe(201)
  expect((await create()).status).toBe(409)
})

test('another environment and another organization have their own limits', async () => {
  const live = { organization: world.seeds.org_id, environment: 'live', scopes: '*' }
  expect(await world.admin('create-key', live)).toMatchObject({ key: expect.stringMatching(/^sk_live_/) })
  const { secret_key } = world.seeds.other_org
  const other = await world.asNative('POST', '/v1/api_keys', { scopes: ['customers:read'] }, secret_key)
  expect(other.status).toBe(201)
})
