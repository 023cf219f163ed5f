import { expect, test } from 'vitest'
import { traceOf } from '../../../../api/call/trace-context.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const parent = '00f067aa0ba902b7'

test.each([
  [`00-${trace}-${parent}-01`, '01'],
  [`00-${trace}-${parent}-00`, '00'],
  // A flag that this version does not know is not passed on.
  [`00-${trace}-${parent}-03`, '01'],
  [`cc-${trace}-${parent}-01-what-the-future-brings`, '01'],
])('%s is continued, with an id of this call', (given, flags) => {
  const { traceId, traceparent } = traceOf(given)
  expect(traceId).toBe(trace)
  expect(traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-${flags}$`))
  expect(traceparent).not.toContain(parent)
})

test.each([
  undefined,
  '',
  'anything@example.com',
  `00-${trace.toUpperCase()}-${parent}-01`,
  `00-${'0'.repeat(32)}-${parent}-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `00-${trace}-${parent}-01-more`,
  `ff-${trace}-${parent}-01`,
  `00-${trace}-${parent}`,
])('%s begins a new trace', (given) => {
  const { traceId, traceparent } = traceOf(given)
  expect(traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/)
  expect(traceId).not.toBe(trace)
  expect(traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`))
})
