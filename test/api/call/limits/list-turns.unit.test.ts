import { setImmediate as later } from 'node:timers/promises'
import type { Context } from 'hono'
import { afterEach, expect, test, vi } from 'vitest'
import type { CallEnv } from '../../../../api/call/call-env.ts'
import type { Failure } from '../../../../domain/failure/failures.ts'
import { createListTurns, inTurn } from '../../../../api/call/limits/list-turns.ts'

const turns = createListTurns()
afterEach(() => void vi.useRealTimers())
const callOf = (organizationId: string, { method = 'GET', limit }: { method?: string; limit?: unknown } = {}) =>
  ({
    req: { method, query: () => limit },
    get: (name: string) => (name === 'caller' ? { organizationId } : { limit }),
  }) as unknown as Context<CallEnv>

/** Reads that end when they are told to. */
function reading() {
  const began: string[] = []
  const ends = new Map<string, () => void>()
  const read = (name: string) => async () => {
    began.push(name)
    await new Promise<void>((resolve) => ends.set(name, resolve))
    return name
  }
  /** Lets some end, and what that lets begin. */
  const end = async (...names: string[]) => {
    for (const name of names) {
      await later()
      ends.get(name)!()
    }
    await later()
  }
  return { began, read, end }
}

test('an organization reads one list at a time, in order; others and lists of one row do not wait', async () => {
  const { began, read, end } = reading()
  const all = [
    inTurn(turns, callOf('a'), read('a1')),
    inTurn(turns, callOf('a', { limit: '100' }), read('a2')),
    inTurn(turns, callOf('a', { method: 'POST', limit: 1000 }), read('a3')),
    inTurn(turns, callOf('b'), read('b1')),
    inTurn(turns, callOf('a', { limit: '1' }), read('a one')),
    inTurn(turns, callOf('a', { method: 'POST', limit: 1 }), read('a other one')),
  ]
  await later()
  expect(began.toSorted()).toEqual(['a one', 'a other one', 'a1', 'b1'])
  await end('b1', 'a one')
  expect(began).toHaveLength(4)
  await end('a1')
  expect(began.slice(4)).toEqual(['a2'])
  await end('a2')
  expect(began.slice(4)).toEqual(['a2', 'a3'])
  await end('a3', 'a other one')
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1', 'a one', 'a other one'])
})

test.each(['{"toString":1}', '{"toString":null,"valueOf":{}}', '[1]', '"01"', 'null', 'true'])(
  'a limit of %s waits for its turn: only the schema validates it',
  async (json) => {
    const { began, read, end } = reading()
    const limit: unknown = JSON.parse(json)
    const all = [
      inTurn(turns, callOf('a'), read('first')),
      inTurn(turns, callOf('a', { method: 'POST', limit }), read('next')),
    ]
    await later()
    expect(began).toEqual(['first'])
    await end('first', 'next')
    expect(await Promise.all(all)).toEqual(['first', 'next'])
  },
)

test('a list that fails releases its turn', async () => {
  const { began, read, end } = reading()
  const failing = inTurn(turns, callOf('c'), () => Promise.reject(new Error('cut')))
  const second = inTurn(turns, callOf('c'), read('second'))
  await expect(failing).rejects.toThrow('cut')
  await later()
  expect(began).toEqual(['second'])
  await end('second')
  await second
  const third = inTurn(turns, callOf('c'), read('third'))
  await end('third')
  expect(await third).toBe('third')
})

test('a list that hangs releases its turn after 5 seconds, once', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const { began, read, end } = reading()
  const all = ['hangs', 'second', 'third'].map((name) => inTurn(turns, callOf('d'), read(name)))
  await vi.advanceTimersByTimeAsync(4_900)
  expect(began).toEqual(['hangs'])
  await vi.advanceTimersByTimeAsync(200)
  expect(began).toEqual(['hangs', 'second'])
  // It ends after all; the turn is not its own any more.
  await end('hangs')
  expect(began).toEqual(['hangs', 'second'])
  await end('second')
  expect(began).toEqual(['hangs', 'second', 'third'])
  await end('third')
  expect(await Promise.all(all)).toEqual(['hangs', 'second', 'third'])
})

test('a call that was rejected before its turn does not read', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const { began, read, end } = reading()
  const all = Array.from({ length: 6 }, (_, i) =>
    inTurn(turns, callOf('e'), read(`${i}`)).catch((e: Failure) => e.code),
  )
  await vi.advanceTimersByTimeAsync(15_100)
  expect(began).toEqual(['0', '1', '2'])
  await end('0', '1', '2')
  expect(await Promise.all(all)).toEqual(['0', '1', '2', 'unavailable', 'unavailable', 'unavailable'])
  const next = inTurn(turns, callOf('e'), read('next'))
  await end('next')
  expect(await next).toBe('next')
})
