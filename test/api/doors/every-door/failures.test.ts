import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { doorNames, doors } from '../../../support/doors.ts'
import { until } from '../../../support/until.ts'
import {
  withKeyOfItsOwn,
  world,
  perMinute,
  newExternalId,
  call,
  words,
} from '../../../support/api/third-party-doors.ts'

// Bugs, an unavailable database and the limit of calls, at billing.io, Moment and FlexPrice.

withKeyOfItsOwn()

test('a bug returns 500 with only an id; a hanging database returns 503, and the call can be retried', async () => {
  const externalIds = doorNames.map(newExternalId)
  const bodies = doorNames.map((name, i) => doors[name].smallest(externalIds[i]!))
  const keys = doorNames.map(() => randomUUID())
  const postAll = () =>
    Promise.all(
      doorNames.map((name, i) => call(name, 'POST', '', bodies[i], { headers: { 'Idempotency-Key': keys[i]! } })),
    )
  await world.sql`alter table customers rename column name to called`
  const faults = await postAll()
  await world.sql`alter table customers rename column called to name`
  faults.forEach((answer, i) => {
    const name = doorNames[i]!
    expect([answer.status, doors[name].refusal(answer).word]).toEqual([500, words.internal[name]])
    expect(JSON.stringify(answer.body)).toMatch(/req_[0-9a-f-]{36}/)
    expect(JSON.stringify(answer.body)).not.toMatch(/column|select|insert/)
  })
  await world.sql.begin(async (sql) => {
    await sql`lock table customers in access exclusive mode`
    const standing = await postAll()
    standing.forEach((answer, i) => {
      const name = doorNames[i]!
      expect([answer.status, doors[name].refusal(answer).word]).toEqual([503, words.unavailable[name]])
      expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
    })
  })
  for (const [i, name] of doorNames.entries()) {
    const repeat = () => call(name, 'POST', '', bodies[i], { headers: { 'Idempotency-Key': keys[i]! } })
    const { body } = await until(repeat, ({ status }) => status === 201)
    const rows = await world.sql`select id from customers where external_id = ${externalIds[i]!}`
    expect(rows).toEqual([{ id: body.id.replace(doors[name].idPrefix, 'cus_') }])
  }
})

test('returns 429 with Retry-After for a key above its limit, at every door', async () => {
  let spent = await call('billing-io', 'GET', '/nobody')
  expect(spent.headers.get('X-RateLimit-Limit')).toBe(String(perMinute))
  while (spent.status !== 429) spent = await call('billing-io', 'GET', '/nobody')
  for (const name of doorNames) {
    const answer = await call(name, 'GET', '/nobody')
    expect([answer.status, doors[name].refusal(answer).word]).toEqual([429, words.tooMany[name]])
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
  }
})
