import { afterAll, beforeAll, expect, test } from 'vitest'
import { callDoor } from '../../support/doors.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// One rule for texts at every door, in admin commands and in updates (docs/api.md, "Text").

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

let number = 0
const newId = () => `inv_${++number}`

function refused(answer: Answer, shown: string, words = /must not (start|contain)/): void {
  expect([400], `${shown}: ${JSON.stringify(answer.body)}`).toContain(answer.status)
  expect(JSON.stringify(answer.body), shown).toMatch(words)
}

const persian = 'می\u200cخواهم'
const family = 'Ada 👩\u200d👩\u200d👧'

test('names and notes accept every script, and no invisible characters', async () => {
  const external_id = newId()
  const good = {
    external_id,
    name: `${persian} ${family}`,
    address_line1: '山田\u3000太郎 1',
    metadata: { note: ' a\nb ' },
  }
  const made = await world.asNative('POST', '/v1/customers', good)
  expect([made.status, made.body]).toEqual([201, expect.objectContaining(good)])
  const notes = `first line\r\n${persian}\n${family}`
  const opened = await world.asNative('POST', '/v1/billing_customers', { customer_id: external_id, notes })
  expect(opened.status).toBe(201)
  const [row] = await world.sql<{ notes: string }[]>`select notes from billing_customers where id = ${opened.body.id}`
  expect(row!.notes).toBe(notes)

  const wrong = {
    name: 'Ada\n',
    address_city: 'Köln\u200b',
    metadata: { note: 'a\u202eb', deep: [{ 'a\u200b': 1 }], b: 'a\tb' },
  }
  const answer = await world.asNative('POST', '/v1/customers', wrong)
  expect([answer.status, answer.body.errors.map(({ param }: { param: string }) => param).sort()]).toEqual([
    400,
    ['address_city', 'metadata.b', 'metadata.deep.0', 'metadata.note', 'name'],
  ])
  refused(await world.edge('createCustomer', { contact_id: newId(), notes: 'a\u0007b' }), 'notes')
  refused(await world.edge('createCustomer', { contact_id: newId(), meta: { 'a\u200b': 1 } }), 'meta')
  for (const name of ['billing-io', 'moment', 'flexprice'] as const) {
    const ids = name === 'moment' ? { external_reference: newId() } : { external_id: newId() }
    refused(await callDoor(world, name, 'POST', '', { ...ids, email: 'a@b.net', name: 'Ada\u200bB' }), name)
  }
  const item = { type: 'trigger', amount: 100, currency: 'USD' }
  for (const [method, path, body] of [
    ['POST', '/v1/brands', { name: ' ' }],
    ['POST', '/v1/billable_items', { ...item, name: 'a\u200b' }],
    ['POST', '/v1/api_keys', { name: 'CRM ', kind: 'publishable' }],
    ['PATCH', '/v1/settings', { support_contact: 'help\u202e' }],
    ['POST', '/v1/webhook_endpoints', { kind: 'pull', description: 'CRM\u202e' }],
    ['POST', '/v1/webhook_endpoints', { kind: 'pull', description: 'two\nlines' }],
    ['POST', '/v1/webhook_endpoints', { kind: 'pull', description: ' ' }],
    ['POST', `/v1/billing_customers/${opened.body.id}/cancel`, { reason: ' ' }],
  ] as const)
    refused(await world.asNative(method, path, body), path, /must not (start|contain)|must be a line of text/)
})

test('stores two spellings of a string in one form: names, keys and values of metadata', async () => {
  const said = { name: 'Zoe\u0308', metadata: { 'Gro\u0308ße': 'scho\u0308n' } }
  const { body } = await world.asNative('POST', '/v1/customers', said)
  expect(body).toMatchObject({ name: 'Zoë', metadata: { Größe: 'schön' } })
  const { body: endpoint } = await world.asNative('POST', '/v1/webhook_endpoints', {
    kind: 'pull',
    description: 'Zoe\u0308',
  })
  world.secrets.add(endpoint.secret)
  expect(endpoint.description).toBe('Zoë')
  const path = `/v1/webhook_endpoints/${endpoint.id}`
  expect((await world.asNative('PATCH', path, { description: '' })).body.description).toBe('')
  refused(await world.asNative('PATCH', path, { description: 'a\u200b' }), 'description')
  const twice = await world.asNative('POST', '/v1/customers', { metadata: { é: 1, 'e\u0301': 2 } })
  expect([twice.status, twice.body.param]).toEqual([400, 'metadata'])
})

test('operator commands follow the same rule', async () => {
  const { bc } = await world.openSetup()
  const organization = world.seeds.org_id
  for (const [name, options] of [
    ['create-organization', { name: ' Acme' }],
    ['create-brand', { organization, name: 'Shop\u200b' }],
    ['cancel', { 'billing-customer': bc, reason: '\u200b' }],
    ['cancel', { 'billing-customer': bc, reason: 'why', operator: 'Ada\u202e' }],
  ] as const)
    await expect(async () => world.admin(name, options), name).rejects.toThrow(/must not (start|contain)/)
  expect((await world.billingCustomer(bc)).onboarding.closing).toBeNull()
  const organizationOf = await world.admin('create-organization', { name: 'Zoe\u0308' })
  expect(organizationOf).toMatchObject({ name: 'Zoë' })
})

test('updates follow the same rule', async () => {
  const { bc } = await world.openSetup()
  const [run] = await world.runsOf(bc)
  for (const reason of [' ', 'a\u200bb', 'a\u0007'])
    await expect(run!.handle.executeUpdate('cancel', { args: [{ reason }] })).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/^reason: must not/) as string },
    })
  expect((await world.billingCustomer(bc)).onboarding.closing).toBeNull()
  await run!.handle.executeUpdate('cancel', { args: [{ reason: `two\nlines ${persian}` }] })
  const [event] = await world.sql`
    select data from events where billing_customer_id = ${bc} and type = 'onboarding.canceling'`
  expect(event!.data).toEqual({ reason: `two\nlines ${persian}` })
})

test('lengths are counted in characters: a name of 256 emoji has 256', async () => {
  const name = '😀'.repeat(256)
  const made = await world.asNative('POST', '/v1/customers', { name })
  expect([made.status, made.body.name]).toEqual([201, name])
  refused(await world.asNative('POST', '/v1/customers', { name: `${name}x` }), 'name', /at most 256 characters/)
})

const addresses = {
  'info@xn--80a1acny.xn--p1ai': 'info@xn--80a1acny.xn--p1ai',
  'max@möstermann.swiss': 'max@xn--mstermann-07a.swiss',
  'o&leary@example.com': 'o&leary@example.com',
  'a/b~@x.net': 'a/b~@x.net',
  'bounce=1@x.net': 'bounce=1@x.net',
}

test.each(Object.entries(addresses))('every door accepts %s as an email address and stores %s', async (email, kept) => {
  const ask = [
    await world.asNative('POST', '/v1/customers', { email }),
    await callDoor(world, 'billing-io', 'POST', '', { email }),
    await callDoor(world, 'moment', 'POST', '', { external_reference: newId(), email }),
    await callDoor(world, 'flexprice', 'POST', '', { external_id: newId(), email }),
  ]
  expect(ask.map(({ status, body }) => [status, body.email])).toEqual(ask.map(() => [201, kept]))
  const listed = await world.asNative('GET', `/v1/customers?email=${encodeURIComponent(email)}`)
  expect(listed.body.data).toHaveLength(4)
  const found = await callDoor(world, 'flexprice', 'POST', '/search', { email })
  expect(found.body.items).toHaveLength(4)
  refused(
    await world.asNative('POST', '/v1/customers', { email: `${email} ` }),
    email,
    /must be an email address of at most 254 characters/,
  )
})
