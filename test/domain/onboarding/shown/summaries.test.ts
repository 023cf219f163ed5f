import { expect, test } from 'vitest'
import type { RunNotes } from '../../../../domain/onboarding/run-notes.ts'
import {
  chargeWaitText,
  closeSummary,
  customerWaitSummary,
  paySummary,
  waitSummary,
} from '../../../../domain/onboarding/shown/summaries.ts'

const now = new Date('2026-11-29T08:10:00Z')
const [minute, day] = [60_000, 86_400_000]
const declined = { count: 1, code: 'insufficient_funds' as const }

test.each<[string, RunNotes | undefined, number]>([
  ['wait for the customer: 1 declined (insufficient_funds), reminder on 30 Nov', { declined, then: 'reminder' }, day],
  ['wait for the customer: reminder 08:40 UTC', { then: 'reminder' }, 30 * minute],
  ['wait for the customer: expires 08:11:00 UTC', { then: 'expiry' }, minute],
  ['wait for the customer: expires on 13 Jan 2027', { then: 'expiry' }, 45 * day],
  // A result of an earlier version.
  ['wait for the customer', undefined, day],
])('%s', (summary, notes, wait) => {
  expect(customerWaitSummary({ wait, ...(notes ? { notes } : {}) }, now)).toBe(summary)
})

const at = { before: 'retry', count: 0 } as const
test.each([
  ['operator: gateway_refused, next try 08:40 UTC', { ...at, on: 'operator', reason: 'gateway_refused' }, {}],
  ['gateway: the gateway does not answer, next try 08:40 UTC', { ...at, on: 'gateway', cause: 'gateway' }, {}],
  [
    'gateway: an earlier charge is not settled, next try 08:40 UTC',
    { ...at, on: 'gateway', cause: 'earlier_charge' },
    {},
  ],
  ['gateway: no outcome yet, next look 08:40 UTC', { on: 'gateway', before: 'reading', count: 0 }, {}],
  [
    'gateway: closing (canceled), next look 08:40 UTC',
    { on: 'gateway', before: 'reading', count: 0 },
    { closing: 'canceled' },
  ],
  [
    'customer: 1 declined (insufficient_funds), confirmation by the bank, next look 08:40 UTC',
    { on: 'customer', before: 'reading', count: 0 },
    { declined },
  ],
] as [string, Parameters<typeof waitSummary>[0], RunNotes][])('wait for the %s', (summary, wait, notes) => {
  expect(waitSummary(wait, 30 * minute, now, notes)).toBe(`wait for the ${summary}`)
})

test('steps say which attempt they take, and what closing refunds', () => {
  expect([paySummary(1), paySummary(2)]).toEqual(['take the payment', 'take the payment: attempt 2'])
  expect(closeSummary({ closing: 'canceled', paid: { amount: 1500, currency: 'USD' } })).toBe(
    'close the payment, undo its effects: canceled, refund 15.00 USD',
  )
  expect(closeSummary()).toBe('close the payment, undo its effects')
})

test('the run of a charge says what an operator must do', () => {
  const text = chargeWaitText('ch_1', { ...at, on: 'operator', reason: 'refund_failed' }, 30 * minute, now)
  expect(text).toContain('Charge `ch_1`: waiting for the **operator** (`refund_failed`), next try 08:40 UTC')
  expect(text).toContain('What to do: The refund failed')
})
