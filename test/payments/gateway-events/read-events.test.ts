import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addEventLists } from '../../../store/charges/event-lists.ts'
import { GatewayError } from '../../../domain/payment/gateway-errors.ts'
import type { EventPage, GatewayEvent } from '../../../gateways/gateway-event.ts'
import type { Period } from '../../../gateways/listed.ts'
import { connectAccount, stripeKeys } from '../../support/gateways/own-accounts.ts'
import { listing, listOf, readWith, shared, startReading } from '../../support/worker/event-lists.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// How a list of events is read page by page, with lists that are made up here.

const minute = 60_000
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * minute)
const empty: EventPage = { events: [], next: null }

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
  await addEventLists(world.sql, [shared])
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.sql`
    update gateway_lists set compared_until = ${minutesAgo(60)}, window_start = null, window_end = null,
      next_page = null where list = 'events'`
})

/** An event about a payment of another program, or of one of ours that has no row. */
const eventOf = (id: string, createdAt: Date, ours = false): GatewayEvent => ({
  ...{ id, type: 'payment_intent.succeeded', about: { kind: 'payment', id: `pi_${id}` }, ours, createdAt },
})
const recorded = (id: string) =>
  world.sql<{ accountId: string; state: string }[]>`
    select account_id, state from gateway_events where id = ${id} order by received_at`

interface Asked {
  period: Period
  after: string | null
}
/** A list that answers with these pages, in their order. Returns what was asked of it, too. */
function pages(...answers: (EventPage | Error)[]) {
  const asked: Asked[] = []
  const listEvents = async (period: Period, after: string | null) => {
    asked.push({ period, after })
    const answer = answers.shift() ?? empty
    if (answer instanceof Error) throw answer
    return answer
  }
  return { asked, listEvents }
}

test('a reading begins 15 minutes before the end of the last one, and leaves the last minute to webhooks', async () => {
  const list = pages()
  await readWith(world, shared, list)
  const [{ period }] = list.asked as [Asked]
  expect(Math.abs(period.from.getTime() - minutesAgo(75).getTime())).toBeLessThan(10_000)
  expect(Math.abs(period.to.getTime() - minutesAgo(1).getTime())).toBeLessThan(10_000)
  expect((await listOf(world))!.comparedUntil).toEqual(period.to)
})

test('a reading that ends after a page goes on with the next one of the same period', async () => {
  const first = pages({ events: [], next: 'evt_last' }, new Error('killed'))
  await expect(readWith(world, shared, first)).rejects.toThrow('killed')
  const second = pages()
  await readWith(world, shared, second)
  const [{ period }] = first.asked as [Asked]
  expect(second.asked).toEqual([{ period, after: 'evt_last' }])
  expect(await listOf(world)).toMatchObject({ comparedUntil: period.to, nextPage: null })
})

test('a turn that is over goes on in the next one, and repeats no event', async () => {
  const [one, two] = [eventOf('evt_one', minutesAgo(5)), eventOf('evt_two', minutesAgo(6))]
  const list = pages({ events: [one], next: 'evt_one' }, { events: [two], next: null })
  expect(await readWith(world, shared, list, () => list.asked.length > 1)).toBe('over')
  expect((await listOf(world))!.nextPage).toBe('evt_one')
  expect([await recorded('evt_one'), await recorded('evt_two')]).toMatchObject([[{ state: 'done' }], []])
  await readWith(world, shared, pages({ events: [two], next: null }))
  expect(await recorded('evt_two')).toMatchObject([{ state: 'done' }])
})

test('a page that the gateway does not know any longer is begun again with the first one', async () => {
  await expect(readWith(world, shared, pages({ events: [], next: 'evt_old' }, new Error('killed')))).rejects.toThrow()
  expect(await readWith(world, shared, pages(new GatewayError('not_found', 'resource_missing')))).toBe('over')
  const again = pages({ events: [eventOf('evt_again', minutesAgo(5))], next: null })
  await readWith(world, shared, again)
  expect(again.asked.map(({ after }) => after)).toEqual([null])
  expect(await recorded('evt_again')).toHaveLength(1)
})

test('what was processed for one account is not left out for another', async () => {
  const account = await connectAccount(world, 'stripe', stripeKeys('twice'))
  await addEventLists(world.sql, [])
  const createdAt = minutesAgo(30)
  await readWith(world, shared, listing(eventOf('evt_of_both', createdAt)))
  // Its payment is still being recorded there, so the next reading begins with it.
  await readWith(world, account, listing(eventOf('evt_of_both', createdAt, true)))
  expect((await listOf(world, account))!.comparedUntil).toEqual(createdAt)
})

test('the next reading begins before the oldest event whose payment is still being recorded', async () => {
  const [newest, oldest, other] = [minutesAgo(5), minutesAgo(50), minutesAgo(20)]
  const early = [eventOf('evt_a', newest, true), eventOf('evt_b', oldest, true), eventOf('evt_c', other, true)]
  await readWith(world, shared, listing(...early))
  expect((await listOf(world))!.comparedUntil).toEqual(oldest)
  expect(await recorded('evt_b')).toEqual([])
})

test('an event whose object the gateway refuses to show is left out, and does not stop the others', async () => {
  await world.openSetup()
  await world.sql`
    insert into gateway_customers (account_id, environment, gateway, organization_id, customer_id, i,
      gateway_customer_id)
    select ${shared}, environment, 'stripe', organization_id, id, 1, 'cus_held' from customers limit 1`
  await world.fault('/v1/customers/cus_held', 'unauthorized', { method: 'GET', times: 100 })
  const held = { ...eventOf('evt_refused', minutesAgo(5)), about: { kind: 'customer' as const, id: 'cus_held' } }
  await readWith(world, shared, listing(held, eventOf('evt_after', minutesAgo(6))))
  expect([await recorded('evt_refused'), await recorded('evt_after')]).toMatchObject([[], [{ state: 'done' }]])
  expect((await listOf(world))!.stoppedSince).toBeNull()
})

test('a worker that is stopped leaves a list at its page, due at once', async () => {
  const object = { id: 'pi_of_another_program', object: 'payment_intent', metadata: {} }
  const created = Math.floor(minutesAgo(5).getTime() / 1_000)
  for (let sent = 0; sent < 101; sent++)
    await world.simulate('events', { type: 'payment_intent.processing', object, created, lost: true })
  await world.sql`update gateway_lists set due_at = now() where account_id = ${shared} and list = 'events'`
  const call = await world.hold('/v1/events', 'GET')
  const reading = startReading(world)
  await call.reached()
  const stopped = reading.stop()
  await call.release()
  await stopped
  const row = (await listOf(world))!
  expect(row.dueAt.getTime()).toBeLessThanOrEqual(Date.now())
  await readWith(world, shared, await world.gateways.of(shared))
  const [{ count }] = await world.sql<[{ count: number }]>`
    select count(*)::integer from gateway_events where object_id = ${object.id}`
  expect(count).toBe(101)
})
