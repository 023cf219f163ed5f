import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inventory } from '../../support/erasure/inventory.ts'
import { aPerson, plantRest, setSettings, type Person } from '../../support/erasure/person.ts'
import { columnsWith } from '../../support/erasure/stored-words.ts'
import { historiesOf } from '../../support/histories.ts'
import { keyedPost } from '../../support/keyed-post.ts'
import { until } from '../../support/until.ts'
import { webhooksOf } from '../../support/webhooks/deliveries.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
let hooks: ReturnType<typeof webhooksOf>
beforeAll(async () => {
  world = await createWorld({ listen: true })
  hooks = webhooksOf(world)
  await hooks.endpoint('https://receiver.example/hooks')
  await setSettings(world, { stripe_customer_details: true, stripe_receipts: true })
})
afterAll(async () => {
  await hooks.close()
  await world.close()
})

/** Columns that are erased and have no words of the person, so that a search cannot find them. */
const withoutWords = [
  'customers.address_country',
  'customers.parent_customer_id',
  'idempotency_keys.content_type',
  'idempotency_keys.link',
  'idempotency_keys.request_hash',
  'idempotency_keys.subject_ids',
  'onboardings.on_completion',
]

const remove = (id: string) => world.asNative('DELETE', `/v1/customers/${id}`)

/** Everything that Stripe has about the person's customers and payments, as text. */
async function atStripe({ customerId }: Person): Promise<string> {
  const customers = await world.sql<{ id: string }[]>`
    select gateway_customer_id as id from gateway_customers where customer_id = ${customerId}`
  const payments = await world.sql<{ id: string }[]>`
    select p.object_id as id from payment_objects p join onboardings o on o.id = p.onboarding_id
      join billing_customers b on b.id = o.billing_customer_id
    where b.customer_id = ${customerId} and p.object_id is not null`
  const read = async (path: string) => JSON.stringify((await world.atStripe('GET', path)).body)
  return (
    await Promise.all([
      ...customers.map(({ id }) => read(`/v1/customers/${id}`)),
      ...payments.map(({ id }) => read(`/v1/payment_intents/${id}`)),
    ])
  ).join()
}

/** Rows that prove what was charged and returned. */
const proofOf = async (bc: string) => ({
  charges: await world.sql`
    select id, amount, currency, state, created_at, account_id, refund_id from charges
    where billing_customer_id = ${bc} order by id`,
  refunds: await world.sql`
    select f.id, f.amount, f.state, f.gateway_refund_id from refunds f join charges c on c.id = f.charge_id
    where c.billing_customer_id = ${bc} order by f.id`,
  objects: await world.sql`
    select onboarding_id, k, object_id, gateway_customer_id, amount, state from payment_objects
    where onboarding_id in (select id from onboardings where billing_customer_id = ${bc}) order by 1, 2`,
  attempts: await world.sql`
    select onboarding_id, number, reference, amount, state from payment_attempts
    where onboarding_id in (select id from onboardings where billing_customer_id = ${bc}) order by 1, 2`,
  events: await world.sql`select id, type, sequence from events where billing_customer_id = ${bc} order by sequence`,
})

test('deleted with a delay of 0, a person leaves no word in any column of the database', async () => {
  await setSettings(world, { erasure_delay_days: 0 })
  const person = await aPerson(world, { byOperator: true })
  await plantRest(world.sql, person)
  expect(await atStripe(person)).toContain(person.word)
  const words = [person.word, person.phone]
  const { erased } = inventory(readFileSync('docs/data-protection.md', 'utf8'))
  const findable = erased.filter((column) => !withoutWords.includes(column))
  expect(await columnsWith(world.sql, words)).toEqual(findable.sort())
  const proof = await proofOf(person.bc)
  expect(proof).toMatchObject({ charges: [{ amount: 2000 }], refunds: [{ amount: 500, state: 'succeeded' }] })

  expect((await remove(person.customerId)).status).toBe(204)
  expect(await columnsWith(world.sql, words)).toEqual([])
  expect(await proofOf(person.bc)).toEqual(proof)

  const gone = await world.asNative('GET', `/v1/customers/${person.customerId}`)
  expect(gone.status).toBe(410)
  expect(gone.body).toMatchObject({ code: 'gone', erased_at: null, deleted_at: expect.any(String) })
  expect((await remove(person.customerId)).status).toBe(204)
  await world.sql`update customers set erase_next_at = now() where id = ${person.customerId}`
  const { body } = await until(
    () => world.asNative('GET', `/v1/customers/${person.customerId}`),
    (answer) => answer.body.erased_at !== null,
  )
  expect(new Date(body.erased_at).getTime()).toBeGreaterThanOrEqual(new Date(body.erase_at).getTime())
  const erasures = world.sql`
    select 1 from events where type = 'customer.erased' and data ->> 'customer_id' = ${person.customerId}`
  expect(await erasures).toHaveLength(1)
  expect(await columnsWith(world.sql, words)).toEqual([])
  expect(world.logged.join('\n')).not.toContain(person.word)
  expect(await atStripe(person)).not.toContain(person.word)
  // Temporal deletes in the background, and lists still have a run for a while that was deleted.
  const readHistories = () => historiesOf(world.client, world.taskQueue).catch(() => undefined)
  await until(readHistories, (found) => found !== undefined && !found.some(({ text }) => text.includes(person.word)))

  const again = await keyedPost(world, '/v1/billing_customers', person.opening.key, person.opening.body)
  expect(again).toMatchObject({ status: 409, body: { code: 'first_try_ended' } })
})

test('calls that delete one customer at the same time all succeed, and it is deleted once', async () => {
  const { body } = await world.asNative('POST', '/v1/customers', { external_id: 'deleted-at-once' })
  const { id } = body as { id: string }
  const answers = await Promise.all(Array.from({ length: 8 }, () => remove(id)))
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(204))
  const deletions = world.sql`
    select 1 from events where type = 'customer.deleted' and data ->> 'customer_id' = ${id}`
  expect(await deletions).toHaveLength(1)
  // Another contact by now, or none: what a name means is not kept.
  expect((await remove('deleted-at-once')).status).toBe(404)
})

test('an erasure that stops in the middle, here or at a gateway that is down, is completed by a worker', async () => {
  await setSettings(world, { erasure_delay_days: 1 })
  const person = await aPerson(world)
  expect((await remove(person.customerId)).status).toBe(204)
  const words = [person.word, person.phone]
  const before = await columnsWith(world.sql, words)
  expect(before).toEqual(expect.arrayContaining(['customers.name', 'events.data', 'refunds.reason']))
  expect(before).not.toContain('idempotency_keys.body')
  expect((await world.asNative('GET', `/v1/customers/${person.customerId}`)).body.erased_at).toBeNull()

  // As killed before the last transaction: what came before it is committed.
  await world.sql.unsafe(`
    create function stop_here() returns trigger language plpgsql as $$ begin raise 'stopped'; end $$;
    create trigger stop_here before update of email on customers for each row execute function stop_here()`)
  await world.sql`update customers set erase_next_at = now() where id = ${person.customerId}`
  await until(async () => !(await columnsWith(world.sql, words)).includes('refunds.reason'))
  // Read again: columns before this one can have been read before they were erased.
  const left = await columnsWith(world.sql, words)
  expect(left).toContain('customers.name')
  expect(left).not.toContain('idempotency_keys.body')
  await world.sql.unsafe('drop function stop_here cascade')

  const match = { method: 'GET', path: '/v1/customers/*' }
  await world.simulate('faults', { match, times: 4, fault: 'error_before' })
  await world.sql`update customers set erase_next_at = now() where id = ${person.customerId}`
  await until(async () => (await columnsWith(world.sql, words)).length === 0)
  await until(async () => {
    await world.sql`
      update customers set erase_next_at = now() where id = ${person.customerId} and erase_next_at > now()`
    return (await world.asNative('GET', `/v1/customers/${person.customerId}`)).body.erased_at !== null
  })
  expect(await atStripe(person)).not.toContain(person.word)
})

test('the external id of an erased person is a new customer; rows of earlier files do not create it', async () => {
  await setSettings(world, { erasure_delay_days: 0 })
  const person = await aPerson(world)
  await remove(person.customerId)
  const rows = await world.sql<{ state: string; code: string }[]>`
    select r.state, r.errors -> 0 ->> 'code' as code from bulk_rows r
    where r.errors @> '[{"code": "customer_deleted"}]'`
  expect(rows).toContainEqual({ state: 'skipped', code: 'customer_deleted' })
  const { status, body } = await world.asNative('POST', '/v1/billing_customers', { customer_id: person.externalId })
  expect(status).toBe(201)
  expect(body.customer_id).not.toBe(person.customerId)
  expect(body.onboarding).toMatchObject({ n: 1, standing_charge_id: null })
})
