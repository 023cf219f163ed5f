import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFailureCounter } from '../../../../api/call/limits/failing-calls.ts'
import { createKeyLimiter } from '../../../../api/call/limits/rate-limit.ts'
import { forgetCounts } from '../../../../store/tenants/rate-limits.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

// RATE_LIMIT_STORE=postgres, attacked.

const rateLimit = { store: 'postgres', perMinute: 50, failuresPerMinute: 20 } as const
let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false, rateLimit })
})
afterAll(() => world.close())

const rows = () => world.sql<{ key: string; points: number }[]>`select key, points from rate_limits order by key`

test('calls of one key at once, over two processes: exactly the limit, in one row', async () => {
  const processes = [createKeyLimiter(world.sql, rateLimit), createKeyLimiter(world.sql, rateLimit)]
  const consumed = await Promise.allSettled(Array.from({ length: 400 }, (_, i) => processes[i % 2]!.consume('key_hot')))
  expect(consumed.filter(({ status }) => status === 'fulfilled')).toHaveLength(rateLimit.perMinute)
  expect(await rows()).toEqual([{ key: 'key_hot', points: 400 }])
})

test('200 calls at once of one key through the API: the limit, none fails', async () => {
  const answers = await Promise.all(Array.from({ length: 200 }, () => world.asNative('GET', '/v1/customers?limit=1')))
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(rateLimit.perMinute)
  expect(statuses.filter((status) => status === 429)).toHaveLength(200 - rateLimit.perMinute)
})

test('a flood of addresses makes a bounded number of rows, which are gone a minute after they expire', async () => {
  await world.sql`delete from rate_limits`
  const count = createFailureCounter(world.sql, rateLimit)
  const addresses = Array.from({ length: 3_000 }, (_, i) => createHash('sha256').update(String(i)).digest('base64url'))
  // As if 100 times as many had come: those whose hashes begin alike.
  const crowd = addresses.map((hash) => `AA${hash}`)
  const refused = (await Promise.all(crowd.map(count))).filter((wait) => wait !== undefined)
  expect((await rows()).length).toBeLessThanOrEqual(64)
  expect(refused.length).toBeGreaterThan(1_000)
  await forgetCounts(world.sql)
  expect((await rows()).length).toBeGreaterThan(0)
  await world.sql`update rate_limits set expire = expire - 121_000`
  await forgetCounts(world.sql)
  expect(await rows()).toEqual([])
})

test('while the counts cannot be written, calls return 503, and then proceed', async () => {
  const { admin, seeds } = world
  const { key } = (await admin('create-key', { organization: seeds.org_id, environment: 'sandbox', scopes: '*' })) as {
    key: string
  }
  const call = () => world.request('/v1/customers?limit=1', { headers: { Authorization: `Bearer ${key}` } })
  expect((await call()).status).toBe(200)
  // As on a server that was demoted to a standby.
  await world.sql.unsafe(`
    create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'read-only' using errcode = '25006'; end $$;
    create trigger refuse before insert on rate_limits for each row execute function refuse()`)
  const refused = await call()
  await world.sql`drop trigger refuse on rate_limits`
  expect([refused.status, JSON.stringify(refused.body)]).toEqual([503, expect.not.stringContaining('rate_limits')])
  expect((await call()).status).toBe(200)
})
