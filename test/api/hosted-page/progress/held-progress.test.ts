import { afterAll, beforeAll, expect, test } from 'vitest'
import { channel } from '../../../../store/changes/hints.ts'
import { readMarks } from '../../../../store/changes/read-marks.ts'
import { underLock } from '../../../../store/database/lock.ts'
import { until } from '../../../support/until.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

// The feed looks once an hour, so only a hint can end a wait before its time.

const hour = 3_600_000
let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, looksEvery: { hinted: hour, unhinted: hour } })
})
afterAll(() => world.close())

type Setup = Awaited<ReturnType<World['openSetup']>>

const hold = (page: Setup['page'], seen: string, seconds = 25, signal?: AbortSignal) =>
  fetch(`${page.url.origin}${page.url.pathname}/progress${page.url.search}&wait=${seconds}&seen=${seen}`, {
    signal: signal ?? null,
  })
const versionOf = async (page: Setup['page']) => (await page.progress()).body.version as string

test('a held call returns as soon as a change is committed', async () => {
  const { page } = await world.openSetup()
  const seen = await versionOf(page)
  expect(seen).toMatch(/^[\w-]{16}$/)
  const held = hold(page, seen)
  await page.submitCard()
  const answer = await held
  const body = (await answer.json()) as { version: string; paying: boolean }
  expect([answer.status, body.paying]).toEqual([200, true])
  expect(body.version).not.toBe(seen)
  // Each change ends a call, up to the end.
  const statuses: string[] = []
  for (let version = body.version; statuses.at(-1) !== 'completed';) {
    const next = await hold(page, version)
    expect(next.status).toBe(200)
    const progress = (await next.json()) as { version: string; status: string }
    expect(progress.version).not.toBe(version)
    version = progress.version
    statuses.push(progress.status)
  }
  expect(statuses.length).toBeLessThan(12)
})

test('without a change it returns 204 after its time, and at once if the client has another version', async () => {
  const { page, bc } = await world.openSetup()
  const seen = await versionOf(page)
  expect((await hold(page, seen, 1)).status).toBe(204)
  const other = await hold(page, 'another', 25)
  expect([other.status, ((await other.json()) as { version: string }).version]).toEqual([200, seen])
  expect((await readMarks(world.sql, [bc])).get(bc)).toMatch(/^\d+ \d+$/)
})

test('invalid links and forms of the query return at once what they return without a wait', async () => {
  const { page } = await world.openSetup()
  const seen = await versionOf(page)
  const wrong = new URL(page.url)
  wrong.searchParams.set('token', 'A'.repeat(43))
  expect((await hold({ ...page, url: wrong } as Setup['page'], seen)).status).toBe(404)
  for (const seconds of ['x', '-1', '1e3', '']) {
    const answer = await hold(page, seen, seconds as unknown as number)
    expect([seconds, answer.status]).toEqual([seconds, 200])
  }
})

test('four calls of a link are held, the next returns at once; a disconnected client frees its place', async () => {
  const { page } = await world.openSetup()
  const seen = await versionOf(page)
  const leaving = new AbortController()
  const held = Array.from({ length: 4 }, () => hold(page, seen, 25, leaving.signal).catch(() => undefined))
  // The same path in another spelling is the same link.
  const spelled = { ...page, url: new URL(page.url.href.replace('/bc_', '/%62c_')) } as Setup['page']
  await until(
    async () => (await hold(spelled, seen, 25, AbortSignal.timeout(1_500)).catch(() => undefined))?.status === 200,
  )
  leaving.abort()
  await Promise.all(held)
  await until(async () => (await hold(page, seen, 1)).status === 204)
})

test('a held call of a link that is replaced returns 410, and so do later ones', async () => {
  const { page, bc } = await world.openSetup()
  const held = hold(page, await versionOf(page))
  await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  const answer = await held
  expect(answer.status).toBe(410)
  const { version } = (await answer.json()) as { version: string }
  expect((await hold(page, version, 1)).status).toBe(204)
  expect((await page.progress()).status).toBe(410)
})

test('a link that was replaced gets nothing that a later submission needs at the bank', async () => {
  const { page: former, bc } = await world.openSetup()
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  const page = world.pageOf(body.setup_url as string)
  await page.submitCard('4000002760003184')
  const { action } = await until(
    async () => (await page.progress()).body as { action?: { client_secret: string } },
    (progress) => progress.action !== undefined,
  )
  expect(action!.client_secret).toContain('_secret_')
  const answers = [await former.progress(), await former.actionCompleted(), await former.submitCard()]
  expect(answers.map(({ status, body: { action } }) => [status, action])).toEqual(answers.map(() => [410, undefined]))
})

test('the listener that lost its connection hears the next hint', async () => {
  const { page, bc } = await world.openSetup()
  const seen = await versionOf(page)
  const listeners = () => world.sql<{ pid: number }[]>`
    select pid from pg_stat_activity where datname = current_database() and query ilike ${`listen "${channel}"`}`
  const before = await listeners()
  expect(before).toHaveLength(1)
  await world.sql`select pg_terminate_backend(${before[0]!.pid})`
  await until(async () => (await listeners()).some(({ pid }) => pid !== before[0]!.pid))
  const held = hold(page, seen)
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
  expect((await held).status).not.toBe(204)
})

test('a rolled back transaction sends no hint, and a hint is heard after the commit', async () => {
  const { bc } = await world.openSetup()
  const heard: (number | undefined)[] = []
  const listening = world.sql.listen(channel, (id) => {
    if (id === bc) void world.sql`select n from hint_test`.then((rows) => heard.push(rows[0]?.n as number | undefined))
  })
  await listening
  await world.sql`create table hint_test (n integer)`
  const write = (fails: boolean) =>
    underLock(world.sql, bc, async (sql) => {
      await sql`insert into hint_test values (1)`
      if (fails) throw new Error('rolled back')
    })
  await expect(write(true)).rejects.toThrow('rolled back')
  await write(false)
  await until(() => heard.length > 0)
  expect(heard).toEqual([1])
  await (await listening).unlisten()
  await world.sql`drop table hint_test`
})
