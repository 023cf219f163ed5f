import { afterAll, beforeAll, expect, test } from 'vitest'
import { underLock } from '../../../store/database/lock.ts'
import { newId } from '../../../store/database/new-id.ts'
import type { Answer } from '../../support/answer.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
let bc: string
const written = 9
beforeAll(async () => {
  world = await createWorld({ worker: false })
  bc = (await world.openSetup()).bc
  const ids = Array.from({ length: written - 2 }, () => newId('event')).reverse()
  // Their ids and times have the opposite order, as those of transactions that began earlier and ended later.
  for (const [i, id] of ids.entries())
    await underLock(
      world.sql,
      bc,
      (sql) => sql`
        insert into events (id, organization_id, environment, type, billing_customer_id, actor, created_at)
        select ${id}, organization_id, environment, 'onboarding.retried', id, 'api', now() - ${i} * interval '1 second'
        from billing_customers where id = ${bc}`,
    )
  await world.openSetup()
})
afterAll(() => world.close())

const list = (query: string) => world.asNative('GET', `/v1/events?${query}`)
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

/** Reads a list to its end, two per page, and returns the sequences. */
async function walk(query: string): Promise<number[]> {
  const seen: number[] = []
  for (let cursor = ''; ;) {
    const { status, body }: Answer = await list(`${query}&limit=2${cursor}`)
    expect(status).toBe(200)
    seen.push(...body.data.map(({ sequence }: { sequence: number }) => sequence))
    if (!body.has_more) return seen
    cursor = `&cursor=${body.next_cursor}`
  }
}

test('the events of a billing customer are listed by sequence, page by page', async () => {
  expect(await walk(`billing_customer_id=${bc}`)).toEqual(numbers(written).reverse())
  expect(await walk(`billing_customer_id=${bc}&type=onboarding.retried`)).toEqual(numbers(written).slice(2).reverse())
})

test('after_sequence lists later events oldest first, also while others are written', async () => {
  expect(await walk(`billing_customer_id=${bc}&after_sequence=0`)).toEqual(numbers(written))
  expect(await walk(`billing_customer_id=${bc}&after_sequence=4&type=onboarding.retried`)).toEqual([5, 6, 7, 8, 9])
  expect(await walk(`billing_customer_id=${bc}&after_sequence=${written}`)).toEqual([])
  const { body: first } = await list(`billing_customer_id=${bc}&after_sequence=7&limit=1`)
  await world.admin('retry-now', { 'billing-customer': bc })
  const { body: rest } = await list(`billing_customer_id=${bc}&after_sequence=7&cursor=${first.next_cursor}`)
  expect(rest.data.map(({ sequence }: { sequence: number }) => sequence)).toEqual([9, 10])
})

test.each([
  ['after_sequence=3', 'after_sequence', 'requires billing_customer_id: only its events are numbered'],
  [`billing_customer_id=bc_01k2j0q8e5f7g9h1j3k5m7n9p1&after_sequence=-1`, 'after_sequence', 'must be at least 0'],
  [`billing_customer_id=bc_01k2j0q8e5f7g9h1j3k5m7n9p1&cursor=YWJj`, 'cursor', 'must be the next_cursor'],
])('%s is rejected, naming %s', async (query, param, message) => {
  const { body } = await list(query)
  expect(body).toMatchObject({ status: 400, param, detail: expect.stringContaining(message) })
})

test('another organization lists none of them', async () => {
  const path = `/v1/events?billing_customer_id=${bc}&after_sequence=0`
  const { body } = await world.asNative('GET', path, undefined, world.seeds.other_org.secret_key)
  expect(body.data).toEqual([])
})
