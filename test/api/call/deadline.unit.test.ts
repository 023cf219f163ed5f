import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deadline } from '../../../api/call/deadline.ts'
import { asFailure } from '../../../api/errors/failures.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Calls a handler that takes so many milliseconds; answers the status and after how many it came. */
async function call(takes: number, databaseAnswers: () => Promise<boolean>) {
  const app = new Hono()
  app.onError((error, c) => c.text('', asFailure(error)?.code === 'unavailable' ? 503 : 500))
  app.get('/', deadline({ databaseAnswers }), async (c) => {
    await new Promise((resolve) => setTimeout(resolve, takes))
    return c.text('done')
  })
  const began = Date.now()
  const answer = Promise.resolve(app.request('/')).then(({ status }) => ({ status, after: Date.now() - began }))
  await vi.advanceTimersByTimeAsync(60_000)
  return answer
}

test('gives up a request if the database does not respond', async () => {
  expect(await call(30_000, async () => false)).toEqual({ status: 503, after: 2_200 })
})

test('continues a request that waits for its turn at a responding database, up to a limit', async () => {
  expect(await call(9_000, async () => true)).toEqual({ status: 200, after: 9_000 })
  const { status, after } = await call(30_000, async () => true)
  expect(status).toBe(503)
  expect(after).toBeGreaterThan(14_000)
  expect(after).toBeLessThan(18_000)
})

test('a fast request completes without a probe of the database', async () => {
  const asked = vi.fn(async () => true)
  expect(await call(100, asked)).toEqual({ status: 200, after: 100 })
  expect(asked).not.toHaveBeenCalled()
})
