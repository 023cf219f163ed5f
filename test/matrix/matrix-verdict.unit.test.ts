import { expect, test } from 'vitest'
import { cellsOf, nameOf, type Cell } from './calls.ts'
import { asksAgain, callsPerson, judge, type Found, type Problem } from './verdict.ts'

const cells = cellsOf([1, 3])
const cell = (name: string): Cell => cells.find((each) => nameOf(each) === name)!
const paying = cell('Stripe: confirm payment, response lost, 1 times')
const canceling = cell('Stripe: refund, response lost, 1 times')
const saving = cell('Stripe: confirm setup, response lost, 1 times')
const refused = cell('Stripe: confirm payment, 401, 1 times')
const refunding = cell('Stripe: refund a part, response lost, 1 times')
const closing = cell('Stripe: refund at close, response lost, 1 times')
const forgotten = cell('Stripe: create payment, key forgotten, 1 times')

const paid: Found = {
  result: 'completed',
  blockedOn: null,
  customerStatus: 'active',
  charges: [{ amount: 1500, refunded: 0 }],
  recorded: ['succeeded'],
  enrollments: 1,
  persons: [],
  submissions: 1,
  methods: 1,
  elsewhere: 0,
  othersGone: 0,
  hits: 1,
  trouble: null,
}
const saved: Found = { ...paid, charges: [], recorded: [] }
const returned: Found = {
  ...paid,
  result: 'canceled',
  customerStatus: 'pending',
  charges: [{ amount: 1500, refunded: 1500 }],
  recorded: ['refunded'],
  enrollments: 0,
  methods: 0,
}

const inPart: Found = { ...paid, charges: [{ amount: 1500, refunded: 900 }] }
const closed: Found = { ...returned, result: 'completed', customerStatus: 'closed' }

test('every call is tested with every applicable fault, once and three times', () => {
  const calls = cells.filter(({ times }) => times === 1)
  expect(cells).toHaveLength(2 * calls.length)
  expect(calls.filter(({ flow }) => flow.gateway === 'stripe')).toHaveLength(12 * 10)
  expect(new Set(cells.map(nameOf)).size).toBe(cells.length)
})

test.each<[string, Cell, Found, string]>([
  ['paid', paying, paid, 'right'],
  ['saved', saving, saved, 'right'],
  ['canceled and returned', canceling, returned, 'right'],
  ['refunded in part', refunding, inPart, 'right'],
  ['closed and refunded', closing, closed, 'right'],
  ['refused, and a person called', refused, { ...paid, persons: ['gateway_refused'] }, 'person'],
  ['expired meanwhile, and entered again', forgotten, { ...paid, submissions: 2 }, 'again'],
])('%s is as it must be', (_name, each, found, end) => {
  expect(judge(each, found)).toEqual({ end, problems: [] })
})

const charge = { amount: 1500, refunded: 0 }
test.each<[string, Cell, Found, Problem['kind'], string]>([
  ['two charges', paying, { ...paid, charges: [charge, charge] }, 'double', '2 charges stand, 1 should'],
  [
    'two charges, one returned',
    paying,
    { ...paid, charges: [charge, returned.charges[0]!] },
    'double',
    '2 charges were',
  ],
  ['a charge where nothing was due', saving, { ...saved, charges: [charge] }, 'double', '1 charges stand, 0 should'],
  ['a charge that was not returned', canceling, { ...returned, charges: [charge] }, 'double', '1 charges stand'],
  ['active without a charge', paying, { ...paid, charges: [] }, 'lost', 'no charge stands'],
  ['no end', paying, { ...paid, result: null, blockedOn: 'gateway' }, 'stuck', 'has no end'],
  ['no end but for a person', paying, { ...paid, result: null, blockedOn: 'operator' }, 'waits', 'waits for a person'],
  ['another end', paying, { ...returned }, 'other', 'ended as canceled'],
  ['another amount', paying, { ...paid, charges: [{ amount: 500, refunded: 0 }] }, 'other', 'another amount'],
  ['returned in part', paying, { ...paid, charges: [{ amount: 1500, refunded: 1 }] }, 'other', 'returned in part'],
  [
    'a part returned twice',
    refunding,
    { ...paid, charges: [{ amount: 1500, refunded: 1300 }] },
    'other',
    'another amount',
  ],
  ['a part not returned', refunding, paid, 'other', 'another amount'],
  ['all returned instead of a part', refunding, { ...inPart, charges: returned.charges }, 'lost', 'no charge stands'],
  ['closed without the refund', closing, { ...closed, charges: [charge] }, 'double', '1 charges stand, 0 should'],
  ['closed and still enrolled', closing, { ...closed, enrollments: 1 }, 'other', '1 enrollments'],
  ['closed with a method', closing, { ...closed, methods: 1 }, 'other', 'left behind'],
  ['not closed', closing, { ...closed, customerStatus: 'active' }, 'other', 'is active'],
  ['a refund under way', canceling, { ...returned, recorded: ['refund_pending'] }, 'other', 'refund_pending'],
  ['a record that differs', paying, { ...paid, recorded: ['canceled'] }, 'other', 'the record differs'],
  ['a charge at another account', paying, { ...paid, elsewhere: 1 }, 'other', '1 charges or objects are at another'],
  ['somebody else without a method', paying, { ...paid, othersGone: 1 }, 'other', '1 others lost'],
  ['a method left behind', canceling, { ...returned, methods: 1 }, 'other', 'left behind'],
  ['completed and not active', paying, { ...paid, customerStatus: 'pending' }, 'other', 'is pending'],
  ['not enrolled', paying, { ...paid, enrollments: 0 }, 'other', '0 enrollments'],
  ['a person called for nothing', paying, { ...paid, persons: ['step_failed'] }, 'other', 'step_failed'],
  ['no person called', refused, paid, 'other', 'no person was called'],
  ['another person called', refused, { ...paid, persons: ['step_failed'] }, 'other', 'no person was called'],
  ['entered twice', paying, { ...paid, submissions: 2 }, 'other', 'entered 2 times'],
  ['not asked again', forgotten, paid, 'other', 'was not asked again'],
  ['a fault that hit nothing', paying, { ...paid, hits: 0 }, 'other', 'hit nothing'],
  ['what a customer met', paying, { ...paid, trouble: 'answered 500' }, 'other', 'answered 500'],
])('%s is wrong', (_name, each, found, kind, text) => {
  const { end, problems } = judge(each, found)
  expect(end).toBe('wrong')
  expect(problems).toContainEqual({ kind, text: expect.stringContaining(text) as string })
})

test('only a rejected key needs an operator, and only an expired submission asks the customer again', () => {
  expect(cells.filter(callsPerson).every(({ kind }) => kind.name === '401')).toBe(true)
  expect(cells.filter(asksAgain).every(({ kind }) => kind.name === 'key forgotten')).toBe(true)
})
