import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openChangeFeed } from '../../../store/changes/change-feed.ts'
import type { Database } from '../../../store/database/database.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Without a worker, which would change records, too.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const change = (bc: string) => world.sql`update onboardings set amount = amount + 1 where billing_customer_id = ${bc}`

/** A feed to which no hint arrives, so that only its looks find changes. */
const deafFeed = (database: Database, every = 50) =>
  openChangeFeed({
    url: world.databaseUrl,
    name: 'deaf',
    database,
    hints: { send: () => {} },
    every: { hinted: every, unhinted: every },
  })

/** A database that counts its statements, and fails while it is told to. */
function countedDatabase() {
  const seen = { statements: 0, fails: false }
  const database = ((...args: Parameters<Database>) => {
    seen.statements++
    return seen.fails ? Promise.reject(new Error('down')) : world.sql(...args)
  }) as Database
  return { seen, database }
}

test('where no hint arrives, looks find changes, and nothing else; without watchers no statement is made', async () => {
  const { bc } = await world.openSetup()
  const { seen, database } = countedDatabase()
  const feed = deafFeed(database)
  let changes = 0
  const watches = ['bc_of_nobody', bc].map((id) => feed.watch(id, () => changes++))
  await Promise.all(watches.map(({ begun }) => begun))
  // Several looks.
  await until(() => seen.statements >= 5)
  expect(changes).toBe(0)
  await change(bc)
  await until(() => changes > 0)
  for (const { end } of watches) end()
  const [statements, found] = [seen.statements, changes]
  await sleep(200)
  await feed.close()
  expect(feed.ended.aborted).toBe(true)
  expect([seen.statements - statements, changes]).toEqual([expect.toSatisfy((more: number) => more <= 1), found])
})

test('the first look finds what was committed after the watch has begun, and after one that could not be', async () => {
  const { bc } = await world.openSetup()
  for (const fails of [false, true]) {
    const { seen, database } = countedDatabase()
    seen.fails = fails
    const feed = deafFeed(database, 500)
    let changes = 0
    const watch = feed.watch(bc, () => changes++)
    await watch.begun
    seen.fails = false
    expect(seen.statements).toBe(1)
    await change(bc)
    await until(() => seen.statements >= 3)
    expect([fails, changes]).toEqual([fails, 1])
    watch.end()
    await feed.close()
  }
})
