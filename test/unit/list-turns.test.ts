import { setImmediate as later } from 'node:timers/promises'
import type { Context } from 'hono'
import { expect, test } from 'vitest'
import type { CallEnv } from '../../api/call-env.ts'
import type { ApiDependencies } from '../../api/dependencies.ts'
import { inTurn } from '../../api/list-turns.ts'

const d = {} as ApiDependencies
const callOf = (organizationId: string, { method = 'GET', limit }: { method?: string; limit?: unknown } = {}) =>
  ({
    req: { method, query: () => limit },
    get: (name: string) => (name === 'caller' ? { organizationId } : { limit }),
  }) as unknown as Context<CallEnv>

/** A read that ends when it is told to. */
function reading() {
  const began: string[] = []
  const ends: (() => void)[] = []
  const read = (name: string) => async () => {
    began.push(name)
    await new Promise<void>((resolve) => ends.push(resolve))
    return name
  }
  return { began, read, endFirst: () => ends.shift()!() }
}

test('an organization reads one list at a time, in order; others and lists of one row do not wait', async () => {
  const { began, read, endFirst } = reading()
  const all = [
    inTurn(d, callOf('a'), read('a1')),
    inTurn(d, callOf('a', { limit: '100' }), read('a2')),
    inTurn(d, callOf('a', { method: 'POST', limit: 1000 }), read('a3')),
    inTurn(d, callOf('b'), read('b1')),
    inTurn(d, callOf('a', { limit: '1' }), read('a one')),
    inTurn(d, callOf('a', { method: 'POST', limit: 1 }), read('a other one')),
  ]
  await later()
  expect(began).toEqual(['a1', 'b1', 'a one', 'a other one'])
  endFirst()
  await later()
  expect(began.slice(4)).toEqual(['a2'])
  for (let i = 0; i < 4; i++) endFirst()
  await later()
  expect(began.slice(4)).toEqual(['a2', 'a3'])
  endFirst()
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1', 'a one', 'a other one'])
})

test('a list that fails gives its turn on', async () => {
  const { began, read, endFirst } = reading()
  const failing = inTurn(d, callOf('c'), () => Promise.reject(new Error('cut')))
  const second = inTurn(d, callOf('c'), read('second'))
  await expect(failing).rejects.toThrow('cut')
  await later()
  expect(began).toEqual(['second'])
  endFirst()
  await second
  const third = inTurn(d, callOf('c'), read('third'))
  endFirst()
  expect(await third).toBe('third')
})
