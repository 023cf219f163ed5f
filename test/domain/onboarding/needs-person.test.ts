import { expect, test } from 'vitest'
import { neededForCharge, neededForOnboarding, type ChargeInQuestion } from '../../../domain/onboarding/needs-person.ts'

const charge: ChargeInQuestion = { id: 'ch_1', state: 'succeeded', late: false, disputed: false, raised: [] }

const rows: [string, Partial<ChargeInQuestion>, string | undefined][] = [
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
  expect(neededForCharge({ ...charge, ...changes })?.reason).toBe(reason)
})

test('each reason has its own words, and one that is not known sends to the run', () => {
  const said = (['unknown', 'refund_failed'] as const).map((state) => neededForCharge({ ...charge, state })!.whatToDo)
  said.push(...['gateway_refused', 'earlier_charge', 'no_sign_of_life'].map((r) => neededForOnboarding(r).whatToDo))
  expect(new Set(said).size).toBe(5)
  expect(neededForOnboarding('a_new_reason')).toMatchObject({ reason: 'a_new_reason', chargeId: null })
  expect(neededForOnboarding(null).whatToDo).toContain('Temporal UI')
})
