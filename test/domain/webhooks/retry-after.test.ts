import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestRetryAfter, retryAfterSeconds } from '../../../domain/webhooks/retry-after.ts'

const now = Date.parse('2026-11-28T07:00:00Z')

test.each<[string | string[] | undefined, number | null]>([
  ['1', 1],
  ['120', 120],
  [' 120 ', 120],
  ['3600', 3_600],
  ['3601', 3_600],
  ['9'.repeat(400), 3_600],
  [['30', '60'], 30],
  ['Sat, 28 Nov 2026 07:01:00 GMT', 60],
  ['Saturday, 28-Nov-26 07:01:00 GMT', 60],
  ['Sat Nov 28 07:01:00 2026', 60],
  ['Sat, 28 Nov 2026 07:00:00 GMT', null],
  ['Sat, 28 Nov 2026 06:00:00 GMT', null],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600],
  ['Sat, 99 Nov 2026 99:99:99 GMT', null],
  [undefined, null],
  [[], null],
  ['', null],
  ['0', null],
  ['-1', null],
  ['1.5', null],
  ['1e3', null],
  ['0x10', null],
  ['NaN', null],
  ['Infinity', null],
  ['soon', null],
  ['120 seconds', null],
  ['2026-11-28T07:01:00Z', null],
  ['١٢٠', null],
])('%j is %j seconds', (header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds)
})

test('whatever a receiver sends, the result is null or whole seconds up to an hour', () => {
  const header = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String), fc.date().map(String))
  fc.assert(
    fc.property(header, (text) => {
      const seconds = retryAfterSeconds(text, now)
      return seconds === null || (Number.isInteger(seconds) && seconds >= 1 && seconds <= longestRetryAfter)
    }),
  )
})
