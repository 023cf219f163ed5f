import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { metadataBytes } from '../../../domain/text/metadata.ts'
import { withSizes, world, type Metadata, keys, large, refusalOf } from '../../support/api/metadata-sizes.ts'

// Records that exceed a limit already, and the limits that PostgreSQL enforces.

withSizes()

describe('a record that already exceeds the limit', () => {
  const before = keys(300, 4000, 'old')
  async function withOldRecord() {
    const contact = world.newContact()
    const { bc, page } = await world.openSetup(contact)
    const { customer_id } = (await world.asNative('GET', `/v1/billing_customers/${bc}`)).body
    // Of a time without the trigger.
    await world.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      for (const [table, id] of [
        ['customers', customer_id],
        ['billing_customers', bc],
      ])
        await sql`update ${sql(table!)} set metadata = metadata || ${sql.json(before as never)},
          metadata_bytes = 1200000 where id = ${id!}`
    })
    return { contact, bc, page, customer_id: customer_id as string }
  }

  test('can be read, listed, paid, activated and made smaller, but not larger', async () => {
    for (let i = 0; i < 2; i++) await world.edge('createCustomer', { contact_id: world.newContact() })
    const { contact, bc, page, customer_id } = await withOldRecord()
    expect((await world.edge('getCustomer', { bc_id: bc })).body.data.bc_meta).toMatchObject(before)
    for (const list of ['/v1/billing_customers?limit=2', '/v1/customers?limit=2', '/billing-io/v1/customers?limit=2']) {
      const { status, body } = await world.asNative('GET', list)
      expect([list, status, body.data.length, body.has_more]).toEqual([list, 200, 1, true])
      expect(body.data[0].metadata).toMatchObject(before)
    }
    await page.submitToken(await page.cardToken())
    expect(await world.ended(bc)).toBe('completed')

    const merge = (metadata: Metadata) =>
      world.asNative('POST', '/v1/billing_customers', { contact_id: contact, metadata })
    expect(refusalOf(await merge({ another: 1 }))).toMatch(/^metadata: must have at most 100 keys/)
    expect(refusalOf(await merge({ old_0: 'é'.repeat(4000) }))).toMatch(/^metadata: must be at most 32768 bytes/)
    for (let i = 0; i < 300; i += 100) {
      const shorter = Object.fromEntries(Array.from({ length: 100 }, (_, j) => [`old_${i + j}`, '']))
      expect((await merge(shorter)).status).toBe(200)
    }
    const [{ bytes } = { bytes: 0 }] = await world.sql<{ bytes: number }[]>`
      select metadata_bytes as bytes from billing_customers where id = ${bc}`
    expect(bytes).toBeLessThan(8000)

    const patch = (body: object) => world.asNative('PATCH', `/v1/customers/${customer_id}`, body)
    expect((await patch({ name: 'Renamed' })).body).toMatchObject({ name: 'Renamed', metadata: before })
    expect((await patch({ metadata: { small: 1 } })).body.metadata).toEqual({ small: 1 })
  })
})

test('PostgreSQL rejects rows above the limits and accepts all within them, and no number overflows', async () => {
  const { id } = (await world.asNative('POST', '/v1/customers', {})).body
  const write = (metadata: Metadata) =>
    world.sql`update customers set metadata = ${world.sql.json(metadata as never)} where id = ${id}`
  await expect(write(large(20))).rejects.toMatchObject({ constraint_name: 'metadata_size' })
  // Written out 2 MB, sent 50 kB.
  const numbers = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`n${i}`, Array(560).fill(1e308)]))
  await expect(write(numbers)).rejects.toMatchObject({ constraint_name: 'metadata_size' })
  expect((await world.asNative('PATCH', `/v1/customers/${id}`, { metadata: numbers })).status).toBe(400)
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(1e-300),
    fc.string(),
    fc.jsonValue(),
  )
  const metadata = fc.dictionary(fc.string({ maxLength: 4 }), fc.array(value, { maxLength: 12 }), {
    maxKeys: 12,
    noNullPrototype: true,
  })
  await fc.assert(
    fc.asyncProperty(metadata, async (generated) => {
      const text = JSON.stringify(generated)
      if (text.includes('\\u0000') || !text.isWellFormed() || /\\ud[89a-f]/.test(text)) return
      const [row] = await world.sql<{ bytes: number }[]>`
        select octet_length(${text}::text::jsonb::text) as bytes`
      expect(row!.bytes).toBeLessThanOrEqual(2 * metadataBytes(JSON.parse(text) as Metadata))
    }),
    { numRuns: 300 },
  )
})

test('lists of settings are bounded, and so are brands, items and keys that operators create', async () => {
  const set = (settings: object) => world.asNative('PATCH', '/v1/settings', settings)
  for (const [name, value] of [
    ['reminders_seconds', Array(19_000).fill(60)],
    ['reminders_seconds', Array(21).fill(60)],
    ['embed_origins', Array(21).fill('https://a.example')],
    ['gateways', Array(3).fill('stripe')],
    ['support_contact', 'x'.repeat(201)],
  ] as const) {
    const { status, body } = await set({ [name]: value })
    expect([status, body.param]).toEqual([400, name])
  }
  expect((await set({ reminders_seconds: Array(20).fill(60) })).status).toBe(200)
  expect((await set({ reminders_seconds: null })).status).toBe(200)
  await expect(
    world.sql`insert into settings (organization_id, environment, name, value) values (${world.seeds.org_id},
      'sandbox', 'x', ${world.sql.json(Array(9000).fill(1))})`,
  ).rejects.toMatchObject({ constraint_name: 'settings_value_size' })
  const brand = { organization: world.seeds.org_id, name: 'A brand' }
  for (const [option, value] of [
    ['name', 'x'.repeat(256)],
    ['support-contact', 'x'.repeat(201)],
    ['logo-url', `https://a.example/${'x'.repeat(2000)}`],
  ] as const)
    await expect(world.admin('create-brand', { ...brand, [option]: value })).rejects.toMatchObject({
      param: `--${option}`,
    })
})
