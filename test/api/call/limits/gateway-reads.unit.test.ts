import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createGatewayReadLimit } from '../../../../api/call/limits/gateway-reads.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

test('one setup can read the gateway 30 times per 10 seconds; others are counted separately', () => {
  vi.advanceTimersByTime(20_000)
  const mayReadGateway = createGatewayReadLimit()
  const reads = () => Array.from({ length: 40 }, () => mayReadGateway('onb_1')).filter(Boolean).length
  expect(reads()).toBe(30)
  expect(mayReadGateway('onb_2')).toBe(true)
  vi.advanceTimersByTime(9_999)
  expect(reads()).toBe(0)
  vi.advanceTimersByTime(1)
  expect(reads()).toBe(30)
})

test('each app counts for itself', () => {
  const [first, second] = [createGatewayReadLimit(), createGatewayReadLimit()]
  for (let read = 0; read < 31; read++) first('onb_1')
  expect([first('onb_1'), second('onb_1')]).toEqual([false, true])
})
