import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { callersExpired } from '../../../support/callers-expired.ts'
import { doorNames, doors } from '../../../support/doors.ts'
import {
  withKeyOfItsOwn,
  world,
  newExternalId,
  call,
  newKey,
  create,
  words,
} from '../../../support/api/third-party-doors.ts'

// Idempotency, isolation and errors are the same at billing.io, Moment and FlexPrice, each in its own format.

withKeyOfItsOwn()

describe.each(doorNames)('%s', (name) => {
  const door = doors[name]
  const refused = (answer: Parameters<typeof door.refusal>[0]) => [answer.status, door.refusal(answer).word]

  test('50 concurrent POSTs with one key create one customer; the others are replayed or rejected', async () => {
    const [externalId, idempotencyKey] = [newExternalId(), randomUUID()]
    const post = (body = door.smallest(externalId)) =>
      call(name, 'POST', '', body, { headers: { 'Idempotency-Key': idempotencyKey } })
    const answers = await Promise.all(Array.from({ length: 50 }, () => post()))
    expect(await world.sql`select 1 from customers where external_id = ${externalId}`).toHaveLength(1)
    const made = answers.filter(({ status }) => status === 201)
    expect(made.filter(({ headers }) => headers.get('Idempotent-Replayed') !== 'true')).toHaveLength(1)
    for (const { body } of made) expect(body).toEqual(made[0]!.body)
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(refused(answer)).toEqual([409, words.running[name]])
      expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
    }
    const again = await post()
    expect([again.status, again.headers.get('Idempotent-Replayed'), again.body]).toEqual([201, 'true', made[0]!.body])
    expect(refused(await post(door.smallest('another')))).toEqual([name === 'moment' ? 422 : 409, words.reused[name]])
    // As a crash between work and answer leaves it, when the lease is over.
    await world.sql`update idempotency_keys set status = null, leased_until = now() where key = ${idempotencyKey}`
    expect((await post()).body).toEqual(made[0]!.body)
    expect(await world.sql`select 1 from customers where external_id = ${externalId}`).toHaveLength(1)
  })

  test('a rejection is not stored: once the id is free the same key creates the customer and is replayed', async () => {
    const [externalId, headers] = [newExternalId(), { 'Idempotency-Key': randomUUID() }]
    const { body: holder } = await create(name, externalId)
    const post = () => call(name, 'POST', '', door.smallest(externalId), { headers })
    for (const answer of [await post(), await post()])
      expect([refused(answer)[1], answer.headers.get('Idempotent-Replayed')]).toEqual([words.taken[name], null])
    await world.asNative('DELETE', `/v1/customers/${holder.id.replace(door.idPrefix, 'cus_')}`)
    const [made, again] = [await post(), await post()]
    expect([made.status, again.status, again.headers.get('Idempotent-Replayed')]).toEqual([201, 201, 'true'])
    expect(again.body).toEqual(made.body)
    expect(again.headers.get('Content-Type')).toBe(made.headers.get('Content-Type'))
  })

  test('rejects an external id that is in use, whichever door created it', async () => {
    for (const other of doorNames) {
      const externalId = newExternalId()
      expect((await create(other, externalId)).status).toBe(201)
      const answer = await create(name, externalId)
      expect(refused(answer)).toEqual([name === 'billing-io' ? 400 : 409, words.taken[name]])
      expect(door.refusal(answer).param).toBe(name === 'moment' ? 'external_reference' : 'external_id')
    }
  })

  test('keys of others see nothing; missing, wrong and publishable keys are rejected', async () => {
    const externalId = newExternalId()
    const { body } = await create(name, externalId)
    const live = await newKey({ environment: 'live' })
    for (const foreign of [world.seeds.other_org.secret_key, live]) {
      const unknown = refused(
        await call(name, 'GET', `/${door.idPrefix}01k2j0q8e5f7g9h1j3k5m7n9p1`, undefined, { key: foreign }),
      )
      expect(unknown).toEqual([404, words.unknown[name]])
      expect(refused(await call(name, 'GET', `/${body.id}`, undefined, { key: foreign }))).toEqual(unknown)
      for (const [method, path, asked] of door.others(externalId)) {
        const { body: answer } = await call(name, method, path, asked, { key: foreign })
        expect(JSON.stringify(answer), path).not.toContain(body.id)
      }
      const write = name === 'flexprice' ? 'PUT' : 'PATCH'
      expect(refused(await call(name, write, `/${body.id}`, { name: 'Mallory' }, { key: foreign }))).toEqual(unknown)
    }
    expect((await call(name, 'GET', `/${body.id}`)).body).toEqual(body)
    const tries = { unauthorized: null, wrongKey: 'sk_test_nobody', forbidden: world.seeds.publishable_key }
    for (const [word, tried] of Object.entries(tries))
      expect(refused(await call(name, 'GET', `/${body.id}`, undefined, { key: tried }))).toEqual([
        word === 'forbidden' ? 403 : 401,
        words[word as keyof typeof tries][name],
      ])
    await world.sql`update api_keys set scopes = '{charges:read}' where secret_hash = sha256(${live}::bytea)`
    await callersExpired()
    expect(refused(await call(name, 'GET', `/${body.id}`, undefined, { key: live }))).toEqual([
      403,
      words.forbidden[name],
    ])
  })

  test('reports unknown routes and unreadable bodies in the format of the door', async () => {
    const base = door.customers.replace('/customers', '')
    const route = (path: string, method: string) =>
      world.request(path, { method, headers: door.headers(world.seeds.secret_key) })
    for (const path of [`${base}/nothing`, base])
      expect(refused(await route(path, 'GET')), path).toEqual([404, words.noRoute[name]])
    const other = await route(door.customers, 'DELETE')
    expect(refused(other)).toEqual([405, words.noMethod[name]])
    expect(other.headers.get('Allow')).toContain('POST')
    for (const body of ['{', '[]', 'null', '"x"', '{"name":"a\\u0000b"}', '{"name":"\\ud800"}', '{"a\\u0000":1}'])
      expect(refused(await call(name, 'POST', '', body)), body).toEqual([400, words.badJson[name]])
    const plain = await call(name, 'POST', '', '{}', { headers: { 'Content-Type': 'text/plain' } })
    expect(refused(plain)).toEqual([415, words.badType[name]])
    const large = await call(name, 'POST', '', { name: 'x'.repeat(1_100_000) })
    expect(refused(large)).toEqual([413, words.tooLarge[name]])
    const deep = await call(name, 'POST', '', `{"metadata":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`)
    expect(refused(deep)).toEqual([400, words.badJson[name]])
    expect((await call(name, 'GET', '/%00')).status).toBe(400)
  })
})
