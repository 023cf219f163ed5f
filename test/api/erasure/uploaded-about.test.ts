import { afterAll, beforeAll, expect, test } from 'vitest'
import { eraseRecords } from '../../../store/erasure/erase-records.ts'
import { setSettings } from '../../support/erasure/person.ts'
import { columnsWith } from '../../support/erasure/stored-words.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Rows of files that became no record name a customer by its external id, which another one can have before or after.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
  await setSettings(world, { erasure_delay_days: 30 })
})
afterAll(() => world.close())

/** Uploads a file that is only checked: its row names a person, and becomes no record. */
async function upload(externalId: string, name: string): Promise<void> {
  const answer = await world.request('/v1/bulk_onboardings?dry_run=true', {
    method: 'POST',
    headers: { Authorization: `Bearer ${world.seeds.secret_key}`, 'Content-Type': 'text/csv' },
    body: `external_id,name\n${externalId},${name}\n`,
  })
  expect(answer.status).toBe(201)
}

const newCustomer = async (external_id: string) =>
  (await world.asNative('POST', '/v1/customers', { external_id })).body.id as string
async function rename(id: string, external_id: string): Promise<void> {
  expect((await world.asNative('PATCH', `/v1/customers/${id}`, { external_id })).status).toBe(200)
}
const deleted = (id: string) => world.asNative('DELETE', `/v1/customers/${id}`)

/** The names in the rows of files in an export. */
async function named(id: string): Promise<(string | undefined)[]> {
  const { status, body } = await world.asNative('GET', `/v1/customers/${id}/export?limit=100`)
  expect([status, body.has_more]).toEqual([200, false])
  return body.data
    .filter(({ table }: { table: string }) => table === 'bulk_rows')
    .map(({ row }: { row: { input: { profile: { name: string } } | null } }) => row.input?.profile.name)
    .sort()
}

/** The names in the rows with an external id that still have their input. A row that waits is cleared when skipped. */
const stored = async (externalId: string) =>
  (
    await world.sql<{ name: string }[]>`
      select input -> 'profile' ->> 'name' as name from bulk_rows
      where external_id = ${externalId} and input is not null order by 1`
  ).map(({ name }) => name)
/** A row that failed keeps its input, which only the erasure deletes. */
const fail = (externalId: string) =>
  world.sql`update bulk_rows set state = 'failed' where external_id = ${externalId} and state = 'ready'`
const erase = (id: string) => eraseRecords(world.sql, id)

test('an external id that is used again: an export has what was uploaded about its own customer', async () => {
  const first = await newCustomer('again')
  await upload('again', 'First')
  expect(await named(first)).toEqual(['First'])
  await deleted(first)
  await upload('again', 'Nobody yet')
  expect(await named(first)).not.toContain('Nobody yet')
  const second = await newCustomer('again')
  await upload('again', 'Second')
  expect(await named(second)).toEqual(['Second'])
  expect(await named(first)).not.toContain('Second')
})

test('a former external id that another customer has now: each export has its own', async () => {
  const first = await newCustomer('former')
  await upload('former', 'First')
  await world.asNative('PATCH', `/v1/customers/${first}`, { external_id: 'renamed' })
  const second = await newCustomer('former')
  await upload('former', 'Second')
  expect(await named(first)).toEqual(['First'])
  expect(await named(second)).toEqual(['Second'])
})

test('what was uploaded about a customer is erased, although another customer has its external id now', async () => {
  const first = await newCustomer('taken')
  await upload('taken', 'First')
  await fail('taken')
  await deleted(first)
  const second = await newCustomer('taken')
  await upload('taken', 'Second')
  await erase(first)
  expect(await stored('taken')).toEqual(['Second'])
  expect(await named(second)).toEqual(['Second'])
})

test('a former external id that another customer had who was deleted since: each export has its own', async () => {
  const first = await newCustomer('lent')
  await upload('lent', 'First')
  await rename(first, 'lent_before')
  const second = await newCustomer('lent')
  await upload('lent', 'Second')
  await fail('lent')
  await deleted(second)
  await upload('lent', 'First again')
  expect(await named(first)).toEqual(['First', 'First again'])
  expect(await named(second)).toEqual(['Second'])
  await erase(second)
  expect(await stored('lent')).toEqual(['First', 'First again'])
})

/** Two customers, each with a row that failed, who then have each other's external ids. */
async function swapped(one: string, other: string): Promise<[string, string]> {
  const [first, second] = [await newCustomer(one), await newCustomer(other)]
  await upload(one, 'First')
  await upload(other, 'Second')
  await fail(one)
  await fail(other)
  await rename(first, `${one}_meanwhile`)
  await rename(second, one)
  await rename(first, other)
  return [first, second]
}

test('two customers swap their external ids: each export and each erasure has what is about its own', async () => {
  const [first, second] = await swapped('left', 'right')
  await upload('left', 'Second as left')
  await fail('left')
  expect(await named(first)).toEqual(['First'])
  expect(await named(second)).toEqual(['Second', 'Second as left'])
  await deleted(first)
  await erase(first)
  expect([await stored('left'), await stored('right')]).toEqual([['Second as left'], ['Second']])
  expect(await named(second)).toEqual(['Second', 'Second as left'])
  await deleted(second)
  await erase(second)
  expect([await stored('left'), await stored('right')]).toEqual([[], []])
})

test('an external id that two customers gave up: each export and each erasure has what is about its own', async () => {
  for (const [order, x] of [
    ['earlier first', 'passed_a'],
    ['later first', 'passed_b'],
  ] as const) {
    const first = await newCustomer(x)
    await upload(x, 'First')
    await rename(first, `of_first_${order.slice(0, 1)}`)
    const second = await newCustomer(x)
    await upload(x, 'Second')
    await rename(second, `of_second_${order.slice(0, 1)}`)
    await upload(x, 'Second again')
    await fail(x)
    expect([await named(first), await named(second)]).toEqual([['First'], ['Second', 'Second again']])
    const ids = order === 'earlier first' ? [first, second] : [second, first]
    const left = order === 'earlier first' ? ['Second', 'Second again'] : ['First']
    await deleted(ids[0]!)
    await erase(ids[0]!)
    expect(await stored(x), order).toEqual(left)
    await deleted(ids[1]!)
    await erase(ids[1]!)
    expect(await columnsWith(world.sql, [x]), order).toEqual([])
  }
})

test('an external id that a customer had twice and gave up twice: its export has both times', async () => {
  const first = await newCustomer('twice')
  await upload('twice', 'First')
  await rename(first, 'twice_meanwhile')
  const second = await newCustomer('twice')
  await upload('twice', 'Second')
  await rename(second, 'twice_of_second')
  await rename(first, 'twice')
  await upload('twice', 'First again')
  await rename(first, 'twice_later')
  expect([await named(first), await named(second)]).toEqual([['First', 'First again'], ['Second']])
  const { body } = await world.asNative('GET', `/v1/customers/${second}/export?limit=100`)
  const former = body.data.filter(({ table }: { table: string }) => table === 'earlier_external_ids')
  expect(former).toMatchObject([{ row: { external_id: 'twice', customer_id: second } }])
})

test('a row that waits is skipped only with the customer that its external id names', async () => {
  const first = await newCustomer('waits')
  await rename(first, 'waits_first')
  const second = await newCustomer('waits')
  await rename(second, 'waits_second')
  await upload('waits', 'Second')
  await deleted(first)
  expect(await stored('waits')).toEqual(['Second'])
  const third = await newCustomer('waits')
  await deleted(third)
  expect(await stored('waits')).toEqual(['Second'])
  await deleted(second)
  expect(await stored('waits')).toEqual([])
})

test('a row of which nobody knows whom it is about is in no export; the erasure of each erases it', async () => {
  for (const erased of ['first', 'second'] as const) {
    const [here, there] = [`here_${erased}`, `there_${erased}`]
    const [first, second] = await swapped(here, there)
    await rename(first, `${here}_later`)
    // As from before migration 0085: whoever gave an external id up is its last holder, and earlier ones are lost.
    await world.sql`delete from earlier_external_ids`
    expect([await named(first), await named(second)]).toEqual([[], []])
    const id = { first, second }[erased]
    await deleted(id)
    await erase(id)
    expect(await stored(here)).toEqual([])
  }
})
