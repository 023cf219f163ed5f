import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callDoor, doorNames, doors } from '../../support/doors.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// A field with an invisible character in its name looks like the field that was meant.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

function expectNamed({ status, body }: Answer, name: string): void {
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(name)])
  expect(JSON.stringify(body)).not.toMatch(/\p{Default_Ignorable_Code_Point}|\\u00/u)
}

test.each([
  ['name\u200b', 'nameU+200B'],
  ['na\u202eme', 'naU+202Eme'],
  ['\u001bname', 'U+001Bname'],
  ['name\u{e0041}', 'nameU+E0041'],
])('the code point is in the error of each door for the field %j', async (name, shown) => {
  expectNamed(await world.asNative('POST', '/v1/customers', { [name]: 'Ada' }), shown)
  expectNamed(await world.edge('createCustomer', { contact_id: randomUUID(), [name]: 'Ada' }), shown)
  for (const door of doorNames) {
    const body = { ...doors[door].smallest(randomUUID()), [name]: 'Ada' }
    expectNamed(await callDoor(world, door, 'POST', '', body), shown)
  }
})

test('it is in the error for a query parameter, a repeated name and a name within metadata', async () => {
  expectNamed(await world.asNative('GET', '/v1/customers?limit%E2%80%8B=1'), 'limitU+200B')
  expectNamed(await world.asNative('GET', '/v1/settings?limit%E2%80%8B=1'), 'limitU+200B')
  const written = { 'Content-Type': 'application/json', Authorization: `Bearer ${world.seeds.secret_key}` }
  const body = '{"metadata":{"a\u200b":1,"a\u200b":2}}'
  const repeated = await world.request('/v1/customers', { method: 'POST', headers: written, body })
  expectNamed(repeated, 'metadata.aU+200B')
})
