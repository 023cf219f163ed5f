import { expect, test } from 'vitest'
import { busyTime } from '../../../tools/bench/page/busy-time.ts'
import { cumulativeShift } from '../../../tools/bench/page/layout-shift.ts'

const shifts = (...pairs: [at: number, value: number][]) => pairs.map(([at, value]) => ({ at, value }))

test('the layout shift is the largest sum within five seconds, without a pause of a second', () => {
  expect(cumulativeShift([])).toBe(0)
  expect(cumulativeShift(shifts([0, 2], [999, 3]))).toBe(5)
  expect(cumulativeShift(shifts([0, 2], [1_000, 3]))).toBe(3)
  // The sixth is more than five seconds after the first.
  const steady = shifts([0, 1], [900, 1], [1_800, 1], [2_700, 1], [3_600, 1], [4_500, 1], [5_400, 1])
  expect(cumulativeShift(steady)).toBe(6)
})

test('calls at the same time are counted once, and only what is between the two times', () => {
  const calls = [
    { began: 30, ended: 40 },
    { began: 0, ended: 15 },
    { began: 12, ended: 20 },
    { began: 13, ended: 14 },
    { began: 95, ended: 120 },
    { began: 200, ended: 300 },
    { began: 98 },
  ]
  expect(busyTime(calls, 10, 100)).toBe(10 + 10 + 5)
  expect(busyTime([], 10, 100)).toBe(0)
})
