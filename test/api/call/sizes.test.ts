import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { metadataBytes, metadataLimits } from '../../../domain/text/metadata.ts'
import { callDoor, type DoorName } from '../../support/doors.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// No record grows without limit, whatever the door and however many calls add to it.

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

type Metadata = Record<string, unknown>
const keys = (count: number, length = 1, name = 'key'): Metadata =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}_${i}`, 'x'.repeat(length)]))
/** 9 keys are too many bytes, 8 are not. */
const large = (count: number, name?: string) => keys(count, 3900, name)

/** How the doors name what is wrong: the field, and what would be right. */
const refusalOf = ({ body }: Answer): string =>
  body.errors?.[0]?.message
    ? `${body.errors[0].param}: ${body.errors[0].message}`
    : (body.errors?.[0] ?? `${body.error?.param ?? Object.keys(body.details ?? {})[0]}: ${JSON.stringify(body)}`)

interface Metadatas {
  field: string
  /** Creates with metadata; the second call is of another contact. */
  create(metadata: Metadata): Promise<Answer>
  /** Sends it for the contact of an earlier call. */
  again(contact: string, metadata: Metadata): Promise<Answer>
  /** More keys than it takes. */
  tooMany: number
}
const atDoor = (name: DoorName, change: 'PATCH' | 'PUT', tooMany: number): Metadatas => ({
  field: 'metadata',
  create: (metadata) => callDoor(world, name, 'POST', '', { external_id: randomUUID(), ...needed(name), metadata }),
  again: async (contact, metadata) => {
    const { id } = (await world.asNative('GET', `/v1/customers/${contact}`)).body
    return callDoor(world, name, change, `/${id}`, { metadata })
  },
  tooMany,
})
const needed = (name: DoorName) => (name === 'billing-io' ? { email: 'ada@example.com' } : {})
const edge = (action: string, field: string): Metadatas => ({
  field,
  create: (metadata) => world.edge(action, { contact_id: randomUUID(), [field]: metadata }),
  again: (contact_id, metadata) => world.edge(action, { contact_id, [field]: metadata }),
  tooMany: 101,
})
const doors: Record<string, Metadatas> = {
  'native customers': {
    field: 'metadata',
    create: (metadata) => world.asNative('POST', '/v1/customers', { metadata }),
    again: (contact, metadata) => world.asNative('PATCH', `/v1/customers/${contact}`, { metadata }),
    tooMany: 101,
  },
  'native billing customers': {
    field: 'metadata',
    create: (metadata) => world.asNative('POST', '/v1/billing_customers', { contact_id: randomUUID(), metadata }),
    again: (contact_id, metadata) => world.asNative('POST', '/v1/billing_customers', { contact_id, metadata }),
    tooMany: 101,
  },
  'edge createCustomer': edge('createCustomer', 'meta'),
  'edge buildCustomerProfileSetup': edge('buildCustomerProfileSetup', 'bc_meta'),
  'billing.io': atDoor('billing-io', 'PATCH', 21),
  FlexPrice: atDoor('flexprice', 'PUT', 101),
}

const sizes = async () =>
  (
    await world.sql<{ rows: number; bytes: number }[]>`
      select count(*)::int as rows, sum(octet_length(metadata::text))::int as bytes
      from (select metadata from customers union all select metadata from billing_customers) records`
  )[0]!

describe.each(Object.entries(doors))('%s', (name, door) => {
  test('rejects too many bytes or keys and too long names or values by field, and writes nothing', async () => {
    const external_id = randomUUID()
    await world.asNative('POST', '/v1/customers', { external_id })
    const before = await sizes()
    for (const [metadata, rule] of [
      [large(9), `must be at most ${metadataLimits.bytes} bytes of JSON`],
      [keys(door.tooMany), `must have at most ${door.tooMany - 1} keys`],
      [{ ['n'.repeat(256)]: 'x' }, 'must have a name of at most 255 characters'],
      [{ a: 'x'.repeat(4001) }, 'must be at most 4000 characters'],
    ] as const)
      for (const answer of [await door.create(metadata), await door.again(external_id, metadata)]) {
        expect(answer.status).toBe(400)
        expect(refusalOf(answer)).toContain(rule)
        expect(refusalOf(answer)).toMatch(new RegExp(`^${door.field}`))
      }
    expect(await sizes()).toEqual(before)
  })

  test('accepts values at the limit', async () => {
    expect((await door.create(large(8))).status, name).toBeLessThan(300)
  })
})

test('Moment, whose limits are lower, rejects too many keys by field', async () => {
  const create = (metadata: Metadata) =>
    callDoor(world, 'moment', 'POST', '', { external_reference: randomUUID(), metadata })
  expect((await create(keys(10, 500))).status).toBe(201)
  expect(refusalOf(await create(keys(11)))).toBe('metadata: must have at most 10 keys')
})

describe.each(['native billing customers', 'edge createCustomer', 'edge buildCustomerProfileSetup'])(
  'repeats that merge: %s',
  (name) => {
    const door = doors[name]!
    const of = async (contact: string) =>
      (
        await world.sql<{ metadata: Metadata; notes: string | null; gateway: string }[]>`
          select b.metadata, b.notes, b.gateway from billing_customers b join customers c on c.id = b.customer_id
            where c.external_id = ${contact}`
      )[0]!

    test('rejects a merged result with too many bytes', async () => {
      const contact = randomUUID()
      const statuses: number[] = []
      for (let i = 0; i < 30; i++) statuses.push((await door.again(contact, large(1, `call_${i}`))).status)
      expect(statuses.map((status) => status < 300)).toEqual(statuses.map((_, i) => i < 8))
      const refused = await door.again(contact, large(1, 'one_more'))
      expect(refusalOf(refused)).toBe(
        `${door.field}: must be at most 32768 bytes of JSON, including those of earlier calls`,
      )
      expect(metadataBytes((await of(contact)).metadata)).toBeLessThanOrEqual(metadataLimits.bytes)
      // What is there can be changed, and the room that this makes can be used.
      expect((await door.again(contact, { call_0_0: '' })).status).toBeLessThan(300)
      expect((await door.again(contact, large(1, 'one_more'))).status).toBeLessThan(300)
    })

    test('rejects a merged result with too many keys', async () => {
      const contact = randomUUID()
      expect((await door.again(contact, keys(60))).status).toBeLessThan(300)
      const refused = await door.again(contact, keys(41, 1, 'other'))
      expect([refused.status, refusalOf(refused)]).toEqual([
        400,
        `${door.field}: must have at most 100 keys, including those of earlier calls`,
      ])
      expect(Object.keys((await of(contact)).metadata)).toHaveLength(60)
      expect((await door.again(contact, keys(40, 1, 'other'))).status).toBeLessThan(300)
    })
  },
)

test('a rejected merge also leaves the other requested changes undone', async () => {
  const contact_id = randomUUID()
  await world.edge('createCustomer', { contact_id, meta: large(8), notes: 'before' })
  const answer = await world.edge('createCustomer', { contact_id, meta: large(1, 'more'), notes: 'after' })
  expect([answer.status, answer.body.errors]).toEqual([
    400,
    ['meta: must be at most 32768 bytes of JSON, including those of earlier calls'],
  ])
  const [row] = await world.sql`
    select b.notes from billing_customers b join customers c on c.id = b.customer_id
      where c.external_id = ${contact_id}`
  expect(row).toEqual({ notes: 'before' })
})

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
