import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { metadataBytes, metadataLimits } from '../../../domain/text/metadata.ts'
import { callDoor, type DoorName } from '../../support/doors.ts'
import { type Answer } from '../../support/world/world.ts'
import { withSizes, world, type Metadata, keys, large, refusalOf } from '../../support/api/metadata-sizes.ts'

// No record grows without limit, whatever the door and however many calls add to it.

withSizes()

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
