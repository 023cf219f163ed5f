import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSetupLimit } from '../../../../api/call/limits/setup-limits.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

test('one setup can do something 30 times per 10 seconds; others are counted separately', () => {
  vi.advanceTimersByTime(20_000)
  const mayDo = createSetupLimit(30)
  const reads = () => Array.from({ length: 40 }, () => mayDo('onb_1')).filter(Boolean).length
  expect(reads()).toBe(30)
  expect(mayDo('onb_2')).toBe(true)
  vi.advanceTimersByTime(9_999)
  expect(reads()).toBe(0)
  vi.advanceTimersByTime(1)
  expect(reads()).toBe(30)
})

test('each limit counts for itself', () => {
  const [first, second] = [createSetupLimit(30), createSetupLimit(30)]
  for (let read = 0; read < 31; read++) first('onb_1')
  expect([first('onb_1'), second('onb_1')]).toEqual([false, true])
})
