import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBrand, findBrandOfLink, findNamedBrand } from '../../../store/tenants/brands.ts'
import { isIdOf } from '../../../domain/text/ids.ts'
import { migrate } from '../../../store/schema/migrate.ts'
import { newId } from '../../../store/database/new-id.ts'
import type { TestDatabase } from '../../support/servers/database.ts'
import { migratedBefore } from '../../support/servers/migrated-before.ts'

// Migration 0025 on a database with data from before.

const name = '0025_brands_of_one_environment.sql'
let database: TestDatabase
beforeAll(async () => {
  database = await migratedBefore(name)
})
afterAll(() => database.drop())

type Environment = 'live' | 'sandbox'

/** Inserts an old organization with two brands, and a billing customer with the first brand per environment. */
async function organization(records: Environment[], keys: Environment[]) {
  const { sql } = database
  const id = newId('organization')
  await sql`insert into organizations ${sql({ id, name: 'Northwind' })}`
  const brands = [newId('brand'), newId('brand')]
  for (const [i, brand] of brands.entries())
    await sql`insert into brands ${sql({ id: brand, organizationId: id, name: `Brand ${i}`, colour: '#2f5bd7' })}`
  for (const environment of keys) {
    const secretHash = Buffer.from(newId('apiKey'))
    const key = { id: newId('apiKey'), organizationId: id, environment, kind: 'secret', secretHash, lastFour: 'abcd' }
    await sql`insert into api_keys ${sql(key)}`
  }
  const made: Record<string, string> = {}
  for (const environment of records) {
    const customer = newId('customer')
    made[environment] = newId('billingCustomer')
    await sql`insert into customers ${sql({ id: customer, organizationId: id, environment })}`
    await sql`insert into billing_customers ${sql({
      id: made[environment],
      organizationId: id,
      environment,
      customerId: customer,
      brandId: brands[0]!,
      gateway: 'stripe',
      currency: 'USD',
      createdBy: 'test',
    })}`
  }
  return { id, brands: brands as [string, string], made }
}

test('brands used in both environments are split; links still work in their environment', async () => {
  const { sql } = database
  const both = await organization(['live', 'sandbox'], ['live', 'sandbox'])
  const soon = await organization(['sandbox'], ['live', 'sandbox'])
  const sandbox = await organization(['sandbox'], ['sandbox'])
  const live = await organization(['live'], ['live'])
  const unused = await organization([], [])
  const numbers = new Map(
    (await sql<{ id: string; number: number }[]>`select id, number from brands`).map((row) => [row.id, row.number]),
  )
  expect(await migrate(sql)).toContain(name)

  const brandsOf = (id: string) =>
    sql<{ id: string; environment: Environment; name: string; colour: string; splitFrom: string | null }[]>`
      select id, environment, name, colour, split_from from brands where organization_id = ${id} order by number`
  for (const { id, brands } of [both, soon, unused]) {
    const rows = await brandsOf(id)
    const look = (i: number) => ({ name: `Brand ${i}`, colour: '#2f5bd7' })
    expect(rows).toMatchObject([
      { id: brands[0], environment: 'live', splitFrom: null, ...look(0) },
      { id: brands[1], environment: 'live', splitFrom: null, ...look(1) },
      { environment: 'sandbox', splitFrom: brands[0], ...look(0) },
      { environment: 'sandbox', splitFrom: brands[1], ...look(1) },
    ])
    expect(rows.every((row) => isIdOf('brand', row.id))).toBe(true)
  }
  for (const [{ id, brands }, environment] of [
    [sandbox, 'sandbox'],
    [live, 'live'],
  ] as const)
    expect(await brandsOf(id)).toMatchObject(brands.map((brand) => ({ id: brand, environment, splitFrom: null })))

  const [first] = both.brands
  const copy = (await brandsOf(both.id)).find(({ splitFrom }) => splitFrom === first)!.id
  // Links: the old id opens both pages, the new id only the page of its environment.
  for (const environment of ['live', 'sandbox'])
    expect(await findBrandOfLink(sql, both.made[environment]!, first), environment).toMatchObject({ name: 'Brand 0' })
  expect(await findBrandOfLink(sql, both.made.sandbox!, copy)).toMatchObject({ name: 'Brand 0' })
  expect(await findBrandOfLink(sql, both.made.live!, copy)).toBeUndefined()
  expect(await findBrandOfLink(sql, both.made.sandbox!, both.brands[1])).toBeUndefined()
  // Calls: each environment finds its own brand, also by the former id.
  const tenant = (environment: Environment) => ({ organizationId: both.id, environment })
  for (const named of [first, String(numbers.get(first))]) {
    expect((await findNamedBrand(sql, tenant('live'), named))?.id).toBe(first)
    expect((await findNamedBrand(sql, tenant('sandbox'), named))?.id).toBe(copy)
    expect(await findBrand(sql, tenant('sandbox'), named)).toBeUndefined()
    expect(await findNamedBrand(sql, { organizationId: soon.id, environment: 'sandbox' }, named)).toBeUndefined()
  }
  expect(await findNamedBrand(sql, tenant('live'), copy)).toBeUndefined()
  // The constraints of the tables enforce it too.
  await expect(
    sql`update billing_customers set brand_id = ${first} where id = ${both.made.sandbox!}`,
  ).rejects.toMatchObject({ code: '23503' })
})
