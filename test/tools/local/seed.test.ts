import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findApiKey } from '../../../store/tenants/api-keys.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { seed, type Seeds } from '../../../tools/local/seed.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// seeds.json outlives the database: DATABASE_URL names another one, or its folder is removed.

const folder = temporaryFolder('seed')
const file = join(folder, 'seeds.json')
let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true })
})
const seeded = () => seed({ database: world.sql, settingDefaults: world.settingDefaults }, file)
const organizationOf = async ({ secret_key }: Seeds) => (await findApiKey(world.sql, secret_key))?.organizationId

test.each([
  ['of another database', (seeds: Seeds) => JSON.stringify({ ...seeds, secret_key: 'sk_test_of_another_database' })],
  ['without a key', () => '{}'],
  ['with something else for a key', (seeds: Seeds) => JSON.stringify({ ...seeds, secret_key: 5 })],
])('seeds %s are created anew, and then kept', async (_, content) => {
  writeFileSync(file, content(await seeded()))
  const fresh = await seeded()
  expect(await organizationOf(fresh)).toBe(fresh.org_id)
  expect(await seeded()).toEqual(fresh)
})

test('so are those whose key was revoked', async () => {
  const before = await seeded()
  await world.sql`update api_keys set revoked_at = now() where organization_id = ${before.org_id}`
  const fresh = await seeded()
  expect(fresh.org_id).not.toBe(before.org_id)
  expect(await organizationOf(fresh)).toBe(fresh.org_id)
})
