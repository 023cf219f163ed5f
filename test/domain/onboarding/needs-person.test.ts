import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { personReasons, whatToDo, type PersonReason } from '../../../domain/onboarding/person-reasons.ts'
import { taskForCharge, taskForOnboarding, type ChargeToReview } from '../../../domain/onboarding/operator-tasks.ts'

const charge: ChargeToReview = { id: 'ch_1', state: 'succeeded', late: false, disputed: false, raised: [] }

const rows: [string, Partial<ChargeToReview>, string | undefined][] = [
  ['a charge that stands', {}, undefined],
  ['one whose outcome nobody knows', { state: 'unknown' }, 'outcome_unknown'],
  ['one whose refund failed', { state: 'refund_failed' }, 'refund_failed'],
  [
    'the same, disputed too: the bank may return it, nobody by hand before that is decided',
    { state: 'refund_failed', disputed: true },
    'disputed',
  ],
  ['a refund under way', { state: 'refund_pending' }, undefined],
  ['a refund that the gateway refuses', { state: 'refund_pending', raised: ['gateway_refused'] }, 'gateway_refused'],
  ['a refund under way of one that was disputed', { state: 'refund_pending', raised: ['disputed'] }, undefined],
  ['a disputed one', { disputed: true, raised: ['disputed'] }, 'disputed'],
  ['a disputed one that was returned', { state: 'refunded', disputed: true, raised: ['disputed'] }, undefined],
  ['a disputed one that a person resolved', { state: 'kept', disputed: true, raised: ['disputed'] }, undefined],
  ['one that the gateway does not show as paid', { raised: ['not_paid_there'] }, 'not_paid_there'],
  ['the same, resolved', { state: 'canceled', raised: ['not_paid_there'] }, undefined],
  ['money that came too late', { late: true }, 'late_payment'],
  ['the same on its way back', { late: true, state: 'refund_pending' }, 'late_payment'],
  ['the same returned', { late: true, state: 'refunded' }, undefined],
]

test.each(rows)('%s', (_what, changes, reason) => {
  expect(taskForCharge({ ...charge, ...changes })?.reason).toBe(reason)
})

test('each reason has its own advice', () => {
  expect(new Set(personReasons.map(whatToDo)).size).toBe(personReasons.length)
})

test('the documentation for operators has a row for each reason, and for no other', () => {
  const document = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
  const table = document.split('\n## When an operator is needed\n')[1]!.split('\n## ')[0]!
  const cells = table.split('\n').flatMap((line) => line.match(/^\|([^|]*)\|/)?.[1] ?? [])
  const documented = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, reason]) => reason))
  expect([...new Set(documented)].sort()).toEqual([...personReasons].sort())
})

test('keeps a reason of a newer version, and its advice refers to the run', () => {
  const needed = taskForOnboarding('a_new_reason' as PersonReason)
  expect(needed).toEqual({ reason: 'a_new_reason', whatToDo: 'See the run in Temporal UI.', chargeId: null })
})

test('an onboarding of an earlier version that recorded no reason is blocked', () => {
  const needed = taskForOnboarding(null)
  expect(needed.reason).toBe('blocked')
  expect(needed.whatToDo).toContain('Temporal UI')
})
