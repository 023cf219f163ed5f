import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

test('a preview costs more than a list, and waits for the turn of its organization', async () => {
  const path = `/v1/brands/${world.seeds.brand_id}/preview`
  const preview = () =>
    fetch(`${world.apiUrl}${path}`, { headers: { Authorization: `Bearer ${world.seeds.secret_key}` } })
  expect((await preview()).status).toBe(200)
  let isDrawn = false
  let waiting: Promise<unknown> | undefined
  await world.sql.begin(async (sql) => {
    await sql`lock table customers in access exclusive mode`
    const list = world.asNative('GET', '/v1/customers')
    await sleep(200)
    const drawn = preview().then(() => (isDrawn = true))
    waiting = Promise.all([list, drawn])
    await sleep(500)
    expect(isDrawn).toBe(false)
  })
  await waiting
  expect(isDrawn).toBe(true)
})
