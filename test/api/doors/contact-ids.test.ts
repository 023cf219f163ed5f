import { afterAll, beforeAll, expect, test } from 'vitest'
import { callDoor } from '../../support/doors.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// Ids of contacts follow the rule for texts where they are new, and resolve as they are where they are stored.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

let number = 0
const newId = () => `inv_${++number}`
const open = (customer_id: string) => world.asNative('POST', '/v1/billing_customers', { customer_id })
const contacts = async () => (await world.sql<{ n: number }[]>`select count(*)::int as n from customers`)[0]!.n

function refused(answer: Answer, shown: string, words = /must not (start|contain)/): void {
  expect(answer.status, `${shown}: ${JSON.stringify(answer.body)}`).toBe(400)
  expect(JSON.stringify(answer.body), shown).toMatch(words)
}

/** What looks like the id, or like nothing. */
const lookalikes = (id: string) => [
  ...[
    ` ${id}`,
    `${id} `,
    `${id}\u200b`,
    `\ufeff${id}`,
    `${id}\u00a0`,
    `${id}\t`,
    `${id}\n`,
    `inv\u202e${id}`,
    `${id}\u00ad`,
  ],
  ...[' ', '\u200b', '\u3164', 'می\u200cخواهم'],
]

test('an id that only looks like another one creates no second customer, at any door', async () => {
  const id = newId()
  expect((await open(id)).status).toBe(201)
  const before = await contacts()
  for (const text of lookalikes(id)) {
    const shown = JSON.stringify(text)
    refused(await open(text), shown)
    refused(await world.asNative('POST', '/v1/billing_customers', { contact_id: text }), shown)
    refused(await world.asNative('POST', '/v1/customers', { external_id: text }), shown)
    refused(await world.edge('createCustomer', { contact_id: text }), shown)
    refused(await world.edge('buildCustomerProfileSetup', { contact_id: text }), shown)
    refused(await world.edge('setupPaymentMethod', { contact_id: text }), shown)
    refused(await callDoor(world, 'billing-io', 'POST', '', { email: 'a@b.net', external_id: text }), shown)
    refused(await callDoor(world, 'flexprice', 'POST', '', { external_id: text }), shown)
    refused(
      await callDoor(world, 'moment', 'POST', '', { external_reference: text }),
      shown,
      /must contain only letters/,
    )
    const mapped = { integration_entity_mapping: [{ provider: 'stripe', id: text }] }
    refused(await world.asNative('POST', '/v1/customers', mapped), shown)
  }
  expect(await contacts()).toBe(before)
})

test('both Unicode spellings of an id are the same id, at every door', async () => {
  const composed = `é_${newId()}`
  const other = composed.normalize('NFD')
  const { body: first } = await open(other)
  expect((await open(composed)).body).toMatchObject({ id: first.id, existing: true })
  expect((await open(other)).body).toMatchObject({ id: first.id, existing: true })
  expect((await world.edge('createCustomer', { contact_id: other })).body.billing_customer_id).toBe(first.id)
  const [row] = await world.sql<{ externalId: string }[]>`
    select external_id from customers where id = ${first.customer_id}`
  expect(row!.externalId).toBe(composed)
  for (const spelling of [composed, other]) {
    const path = encodeURIComponent(spelling)
    expect((await world.asNative('GET', `/v1/customers/${path}`)).body.id).toBe(first.customer_id)
    expect((await world.asNative('GET', `/v1/customers?external_id=${path}`)).body.data).toHaveLength(1)
    expect((await world.asNative('GET', `/v1/billing_customers?external_id=${path}`)).body.data).toHaveLength(1)
    expect((await callDoor(world, 'flexprice', 'GET', `/external/${path}`)).body.external_id).toBe(composed)
    const found = await callDoor(world, 'flexprice', 'POST', '/search', { external_ids: [spelling] })
    expect(found.body.items).toHaveLength(1)
  }
})

test('ids that were stored before the rule still resolve', async () => {
  const old = ['old_1 ', 'old_1\u200b', ' ', '\u200b', 'e\u0301_old', 'old\u202e']
  for (const [i, externalId] of old.entries()) {
    const id = `cus_01k2j0q8e5f7g9h1j3k5m7n${String(i).padStart(3, '0')}`
    await world.sql`
      insert into customers (id, organization_id, environment, external_id)
      values (${id}, ${world.seeds.org_id}, 'sandbox', ${externalId})`
    const shown = JSON.stringify(externalId)
    const opened = await open(externalId)
    expect([opened.status, opened.body.customer_id], shown).toEqual([201, id])
    const edge = await world.edge('createCustomer', { contact_id: externalId })
    expect([edge.status, edge.body.billing_customer_id], shown).toEqual([200, opened.body.id])
    const read = await world.asNative('GET', `/v1/customers/${encodeURIComponent(externalId)}`)
    expect([read.status, read.body.id], shown).toEqual([200, id])
    const found = await callDoor(world, 'flexprice', 'POST', '/search', { external_id: externalId })
    expect(
      found.body.items.map((item: Answer['body']) => item.external_id),
      shown,
    ).toEqual([externalId])
    const child = await world.asNative('POST', '/v1/customers', { parent_customer_external_id: externalId })
    expect([child.status, child.body.parent_customer_id], shown).toEqual([201, id])
  }
})

test('lengths are counted in characters: 256 emoji are a valid name and id', async () => {
  const id = '😀'.repeat(256)
  const made = await world.asNative('POST', '/v1/customers', { external_id: id, name: id })
  expect([made.status, made.body.name]).toEqual([201, id])
  expect((await open(id)).body.customer_id).toBe(made.body.id)
  expect((await world.edge('createCustomer', { contact_id: id })).status).toBe(200)
  expect((await world.asNative('GET', `/v1/customers/${encodeURIComponent(id)}`)).status).toBe(200)
})
