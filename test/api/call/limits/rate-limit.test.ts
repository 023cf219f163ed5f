import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  initOf,
  oneCallOfEachDoor,
  requestOf,
  undocumented,
  withKey,
  type Documented,
} from '../../../support/documented/documented.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

const perMinute = 6

describe.each(['memory', 'postgres'] as const)('with the rate limit in %s', (store) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld({ worker: false, rateLimit: { store, perMinute } })
  })
  afterAll(() => world.close())

  async function callerOf(documented: Documented) {
    const options = { organization: world.seeds.org_id, environment: 'sandbox', scopes: '*' }
    const { key } = (await world.admin('create-key', options)) as { key: string }
    const values = { org: world.seeds.org_id, brand: world.seeds.brand_id, sk_test: key }
    const request = withKey(requestOf(documented, values), documented.credential, key)
    return (body?: string) => world.request(request.path, { ...initOf(request), ...(body ? { body } : {}) })
  }

  test.each(oneCallOfEachDoor)('%s: returns 429 with Retry-After for a key above the limit', async (_, documented) => {
    const call = await callerOf(documented)
    const left: number[] = []
    for (let i = 0; i < perMinute; i++) {
      const { status, headers } = await call()
      expect(status).not.toBe(429)
      left.push(Number(/r=(\d+)/.exec(headers.get('RateLimit')!)![1]))
    }
    expect(left).toEqual([5, 4, 3, 2, 1, 0])
    const refused = await call()
    expect([refused.status, undocumented(documented, refused)]).toEqual([429, undefined])
    const wait = Number(refused.headers.get('Retry-After'))
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(60)
    // Another key of the same organization has a count of its own.
    expect((await (await callerOf(documented))()).status).not.toBe(429)
  })

  test.each(oneCallOfEachDoor)(
    '%s: rejects a body that is too large or too deep in the format of the door',
    async (_, documented) => {
      const call = await callerOf(documented)
      const large = await call(`{"a":"${'x'.repeat(1024 * 1024)}"}`)
      expect([large.status, undocumented(documented, large)]).toEqual([413, undefined])
      const sent = JSON.parse((await callerBody(documented)) as string) as object
      const deep = await call(JSON.stringify({ ...sent, metadata: JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`) }))
      expect([deep.status, undocumented(documented, deep)]).toEqual([400, undefined])
      expect(JSON.stringify(deep.body)).toContain('nested deeper')
    },
  )

  test('while the database hangs, every door returns 503 with Retry-After, and then recovers', async () => {
    const calls = await Promise.all(oneCallOfEachDoor.map(([, documented]) => callerOf(documented)))
    let release = () => {}
    let standing: Promise<unknown> | undefined
    await new Promise<void>((locked) => {
      standing = world.sql.begin(async (sql) => {
        await sql`lock table api_keys in access exclusive mode`
        await new Promise<void>((resolve) => {
          release = resolve
          locked()
        })
      })
    })
    const waiting = oneCallOfEachDoor.flatMap(([, documented], i) =>
      Array.from({ length: 30 }, async () => [documented, await calls[i]!()] as const),
    )
    const answers = await Promise.all(waiting)
    release()
    await standing
    for (const [documented, answer] of answers) {
      expect([answer.status, undocumented(documented, answer)]).toEqual([503, undefined])
      expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
    }
    expect((await world.request('/healthz')).status).toBe(200)
    expect((await world.asNative('GET', '/v1/customers')).status).toBe(200)
  })

  async function callerBody(documented: Documented) {
    const values = { org: world.seeds.org_id, brand: world.seeds.brand_id, sk_test: world.seeds.secret_key }
    return initOf(withKey(requestOf(documented, values), documented.credential, world.seeds.secret_key)).body
  }
})
