import type { Context } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Caller } from '../../../api/call/auth.ts'
import { refuseCardNumbers } from '../../../api/call/card-numbers.ts'
import type { ApiDependencies } from '../../../api/dependencies.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Contacts from before the rule are looked for where a body names some: a body must not cost a statement for each name.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

/** Statements that a body makes, and the fields that its refusal names; undefined where it is taken. */
async function look(body: object): Promise<{ statements: number; fields: number | undefined }> {
  let statements = 0
  const database = new Proxy(world.sql, {
    apply: (target, self, args) => {
      statements++
      return Reflect.apply(target, self, args) as unknown
    },
  })
  const context = { req: { header: () => undefined }, get: () => body } as unknown as Context
  const caller = { organizationId: world.seeds.org_id, environment: 'sandbox' } as Caller
  const fields = await refuseCardNumbers({ database } as ApiDependencies, context, caller).then(
    () => undefined,
    (refused: { fields: unknown[] }) => refused.fields.length,
  )
  return { statements, fields }
}

test('looks up tens of thousands of names, each once, until the error is full', async () => {
  const { statements, fields } = await look({ external_ids: Array<string>(40_000).fill('4242 4242 4242 4242') })
  expect(fields).toBe(20)
  expect(statements).toBeLessThan(10)
  await world.sql`
    insert into customers (id, organization_id, environment, external_id)
    values ('cus_01k2j0q8e5f7g9h1j3k5m7n9p1', ${world.seeds.org_id}, 'sandbox', '4242 4242 4242 4242')`
  const known = await look({ external_ids: Array<string>(40_000).fill('4242 4242 4242 4242') })
  expect(known.fields).toBeUndefined()
  expect(known.statements).toBeLessThan(10)
})
