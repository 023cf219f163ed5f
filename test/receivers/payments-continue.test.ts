import dns from 'node:dns'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createResolver } from '../../receivers/resolver.ts'
import { nameServer } from '../support/receivers/name-server.ts'
import { testPost } from '../support/receivers/receivers.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

/** Completes an onboarding and returns how long that took, in milliseconds. */
async function pay(): Promise<number> {
  const began = performance.now()
  const { bc, page } = await world.openSetup()
  expect((await page.submitCard()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  return performance.now() - began
}

test('receivers with a silent name server do not delay a payment in the same process', async () => {
  await pay()
  const without = await pay()
  const { server, queries } = await nameServer(() => undefined)
  const post = testPost({
    resolve: createResolver({ servers: [server] }),
    limits: { whole: 15_000, connect: 5_000, body: 2_000 },
  })
  let tries = 0
  let paid = false
  const errors = new Set<string | null>()
  /** Keeps one delivery in flight until the payment is done, as many receivers with one dead name server would. */
  const deliver = async (lane: number): Promise<void> => {
    while (!paid) errors.add((await post(`https://dead-${lane}-${tries++}.example/`)).error)
  }
  const lanes = Array.from({ length: 32 }, (_, lane) => deliver(lane))
  await until(() => queries().length > 32)

  const lookedUp = performance.now()
  await dns.promises.lookup('localhost')
  expect(performance.now() - lookedUp).toBeLessThan(2_000)
  // Through getaddrinfo, eight such names delay every lookup by 40 seconds.
  expect(await pay()).toBeLessThan(5 * without + 5_000)
  paid = true
  await Promise.all(lanes)
  for (const error of errors) expect(['dns', 'timeout']).toContain(error)
})
