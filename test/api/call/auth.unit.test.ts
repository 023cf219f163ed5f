import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { authenticate, callerLifetime, createCallerCache, dropCallers } from '../../../api/call/auth.ts'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { hashOf } from '../../../store/tenants/api-keys.ts'

const state = { callers: createCallerCache() }
/** Keys that the database knows. */
const valid = new Set<string>()
let reads = 0
/** Holds back the results of queries. */
let held: Promise<unknown> = Promise.resolve()

const database = async (_: unknown, ...values: unknown[]) => {
  const hash = values.find((value) => Buffer.isBuffer(value))
  // A part of a statement.
  if (!hash) return []
  reads++
  const rows = [...valid]
    .filter((key) => hashOf(key).equals(hash))
    .map((key) => ({ id: key, kind: 'secret', scopes: ['*'], settings: [], secretHash: hashOf(key), stale: false }))
  await held
  return rows
}
const as = (key: string) =>
  authenticate({ database: database as never, settingDefaults: builtInSettings, state }, key).then(
    ({ id }) => id,
    (error: { code: string }) => error.code,
  )

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  dropCallers(state.callers)
  valid.clear()
  reads = 0
  held = Promise.resolve()
})
afterEach(() => void vi.useRealTimers())

test('reads a valid key once per cache lifetime, then rejects it if it was revoked', async () => {
  valid.add('sk_a')
  expect([await as('sk_a'), await as('sk_a')]).toEqual(['sk_a', 'sk_a'])
  expect(reads).toBe(1)
  valid.delete('sk_a')
  vi.advanceTimersByTime(callerLifetime - 1)
  expect(await as('sk_a')).toBe('sk_a')
  vi.advanceTimersByTime(1)
  expect(await as('sk_a')).toBe('unauthorized')
})

test('caches no rejection, and stores no key', async () => {
  expect(await as('sk_new')).toBe('unauthorized')
  valid.add('sk_new')
  expect(await as('sk_new')).toBe('sk_new')
  expect([...state.callers.entries.keys()]).toEqual([hashOf('sk_new').toString('base64url')])
})

test("every call after a change reads, even if an earlier call's read is still in progress", async () => {
  valid.add('sk_a')
  let release = () => {}
  held = new Promise<void>((resolve) => (release = resolve))
  const late = as('sk_a')
  valid.delete('sk_a')
  dropCallers(state.callers)
  release()
  expect([await late, await as('sk_a')]).toEqual(['sk_a', 'unauthorized'])
})

test('the cache lifetime begins before the query', async () => {
  valid.add('sk_a')
  let release = () => {}
  held = new Promise<void>((resolve) => (release = resolve))
  const slow = as('sk_a')
  vi.advanceTimersByTime(callerLifetime)
  release()
  await slow
  valid.delete('sk_a')
  expect(await as('sk_a')).toBe('unauthorized')
})

test('the cache is bounded', async () => {
  for (let i = 0; i < 10_001; i++) {
    valid.clear()
    valid.add(`sk_${i}`)
    await as(`sk_${i}`)
  }
  expect(state.callers.entries.size).toBe(1)
})
