import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { underLock } from '../../../store/database/lock.ts'
import { insertEvent } from '../../../store/events/events.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// The events of a billing customer are numbered 1, 2, 3 and so on, in the order in which they are written.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const sequencesOf = async (billingCustomerId: string) => {
  const rows = await world.sql<{ sequence: number }[]>`
    select sequence from events where billing_customer_id = ${billingCustomerId} order by sequence`
  return rows.map(({ sequence }) => sequence)
}
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)
const retried = { type: 'onboarding.retried' } as const

test('16 concurrent writers on 4 billing customers leave no gap and no number twice', async () => {
  const setups = await Promise.all(upTo(4).map(() => world.openSetup()))
  const before = await Promise.all(setups.map(async ({ bc }) => (await sequencesOf(bc)).length))
  const writeTen = async (writer: number) => {
    const { bc } = setups[writer % 4]!
    for (let i = 0; i < 10; i++)
      await underLock(world.sql, bc, async (sql) => {
        await insertEvent(sql, { billingCustomerId: bc }, retried)
        if (i % 3 === 0) await sleep(5)
        await insertEvent(sql, { billingCustomerId: bc }, retried)
      })
  }
  await Promise.all(upTo(16).map(writeTen))
  for (const [i, { bc }] of setups.entries()) expect(await sequencesOf(bc)).toEqual(upTo(before[i]! + 80))
})

test('an event that is rolled back, and one that existed, use up no number', async () => {
  const { bc, onboardingId } = await world.openSetup().then(async ({ bc }) => ({
    bc,
    onboardingId: (await world.billingCustomer(bc)).onboarding.id as string,
  }))
  const subject = { billingCustomerId: bc, onboardingId }
  const before = await sequencesOf(bc)
  const rolledBack = underLock(world.sql, bc, async (sql) => {
    await insertEvent(sql, subject, retried)
    throw new Error('the change failed')
  })
  await expect(rolledBack).rejects.toThrow('the change failed')
  const write = () => underLock(world.sql, bc, (sql) => insertEvent(sql, subject, { ...retried, updateId: 'once' }))
  expect([await write(), await write()]).toEqual([true, false])
  await underLock(world.sql, bc, (sql) => insertEvent(sql, subject, retried))
  expect(await sequencesOf(bc)).toEqual(upTo(before.length + 2))
})

test('a new link that is requested twice while another event is written is one event, and nobody fails', async () => {
  const { bc, page } = await world.openSetup()
  await world.sql`update onboardings set expires_at = now() - interval '1 minute' where billing_customer_id = ${bc}`
  const before = await sequencesOf(bc)
  const requests: Promise<{ status: number }>[] = []
  await underLock(world.sql, bc, async (sql) => {
    requests.push(page.askForNewLink(), page.askForNewLink())
    // Both calls wait for the lock, or have written without it.
    await sleep(300)
    await insertEvent(sql, { billingCustomerId: bc }, retried)
  })
  expect((await Promise.all(requests)).map(({ status }) => status)).toEqual([202, 202])
  expect(await sequencesOf(bc)).toEqual(upTo(before.length + 2))
  expect((await world.eventTypes(bc)).slice(-2)).toEqual([
    'onboarding.retried',
    'billing_customer.setup_link_requested',
  ])
})

test('without the lock, the second of two events with one number is rejected', async () => {
  const { bc } = await world.openSetup()
  const copyOfNewest = underLock(
    world.sql,
    bc,
    (sql) => sql`
      insert into events (id, organization_id, environment, type, billing_customer_id, sequence, actor)
      select id || '_2', organization_id, environment, type, billing_customer_id, sequence, actor from events
      where billing_customer_id = ${bc} order by sequence desc limit 1`,
  )
  await expect(copyOfNewest).rejects.toThrow('events_of_billing_customer')
})

test('the tests notice an event that is written without the lock', async () => {
  const { bc } = await world.openSetup()
  const unlocked = world.sql.begin((sql) => insertEvent(sql, { billingCustomerId: bc }, retried))
  await expect(unlocked).rejects.toThrow(`event onboarding.retried of ${bc} is written without the lock`)
})
