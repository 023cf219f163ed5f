import { describe, expect, test } from 'vitest'
import { judge, type Counted, type Expected, type Verdict } from '../../../tools/chaos/verdict.ts'

const contacts = ['one', 'two']
const accounts = [{ ours: 'ga_one', vendor: 'acct_one' }]
const completing: Expected[] = contacts.map((contact) => ({ contact, ends: ['completed'], accounts }))

function counted(): Counted {
  return {
    records: contacts.map((contact) => ({
      id: `bc_${contact}`,
      contact,
      status: 'active',
      workflowId: `onboarding/${contact}`,
      onboardings: [{ live: false, blockedOn: null, result: 'completed' }],
      replacements: [],
      charges: 1,
      otherCharges: [],
      enrollments: 1,
      paymentMethodId: `pm_${contact}`,
      accountIds: ['ga_one'],
      needsPerson: [],
    })),
    ledger: contacts.map((contact) => ({
      id: `ch_${contact}`,
      amount: 1500,
      refunded: 0,
      billingCustomerId: `bc_${contact}`,
      account: 'acct_one',
    })),
    methods: contacts.map((contact) => `pm_${contact}`),
    runs: contacts.map((contact) => ({ workflowId: `onboarding/${contact}`, type: 'onboarding', status: 'COMPLETED' })),
    invalidCalls: [],
    deliveries: { delivered: 30, duplicates: 1, undelivered: [], misordered: [] },
  }
}

test('one active record, charge, enrollment and completed run for each contact is right', () => {
  expect(judge(completing, counted())).toMatchObject({ right: true, records: 2, charges: 2, enrollments: 2 })
})

test('a charge at the account of another organization is wrong, here and at the gateway', () => {
  const elsewhere = counted()
  elsewhere.ledger[0]!.account = 'acct_two'
  expect(judge(completing, elsewhere)).toMatchObject({ right: false, wrong: ['ch_one was charged at acct_two'] })
  const recorded = counted()
  recorded.records[1]!.accountIds = ['ga_one', 'ga_two']
  expect(judge(completing, recorded)).toMatchObject({ right: false, wrong: ['bc_two has something at ga_two'] })
})

const replaced = { live: false, blockedOn: null, result: 'completed' }
const replacing: Expected[] = [{ ...completing[0]!, replacement: {} }, completing[1]!]

test('a replacement is right only if it was planned, and must not charge', () => {
  const all = counted()
  expect(judge(replacing, all)).toMatchObject({ right: false, lost: ['bc_one'], replaced: 0 })
  all.records[0]!.replacements = [replaced]
  expect(judge(replacing, all)).toMatchObject({ right: true, replaced: 1, charges: 2 })
  expect(judge(completing, all)).toMatchObject({ right: false, lost: ['bc_one'] })
  all.records[0]!.replacements = [replaced, replaced]
  expect(judge(replacing, all)).toMatchObject({ right: false, lost: ['bc_one'] })
  all.records[0]!.replacements = [replaced]
  all.ledger.push({ ...all.ledger[0]!, id: 'ch_for_replacing' })
  expect(judge(replacing, all)).toMatchObject({ right: false, double: ['bc_one'] })
})

/** Like `counted`, but the first customer was refunded this much and possibly closed. */
function afterwards(refunded: number, isClosed = false): Counted {
  const all = counted()
  all.ledger[0]!.refunded = refunded
  const isReturned = refunded === 1500
  Object.assign(all.records[0]!, isReturned ? { charges: 0, otherCharges: ['refunded'] } : {})
  Object.assign(all.records[0]!, isClosed ? { status: 'closed', enrollments: 0, paymentMethodId: null } : {})
  return all
}
const planned = (plan: Expected['afterwards'] & object): Expected[] => [
  { ...completing[0]!, afterwards: plan },
  completing[1]!,
]

test.each([
  ['parts', { refunds: [300, 500] }, afterwards(800)],
  ['the rest', { refunds: [300, 'rest' as const] }, afterwards(1500)],
  ['a part, and closed', { refunds: [300], close: { refundInitial: false } }, afterwards(300, true)],
  ['closed with the charge', { refunds: [300], close: { refundInitial: true } }, afterwards(1500, true)],
])('refunds are right if exactly the planned amount was refunded: %s', (_name, plan, all) => {
  expect(judge(planned(plan), all)).toMatchObject({ right: true, double: [], lost: [], wrong: [] })
  expect(judge(completing, all).right).toBe(false)
  all.ledger[0]!.refunded--
  expect(judge(planned(plan), all)).toMatchObject({ right: false })
})

test.each([
  ['still active', { status: 'active' }],
  ['still enrolled', { enrollments: 1 }],
  ['still with a method', { paymentMethodId: 'pm_one' }],
])('a closed customer is wrong if it is %s', (_name, difference) => {
  const all = afterwards(300, true)
  Object.assign(all.records[0]!, difference)
  const plan = planned({ refunds: [300], close: { refundInitial: false } })
  expect(judge(plan, all)).toMatchObject({ right: false, lost: ['bc_one'] })
})

const live = { live: true, blockedOn: null, result: null }
const wrongs: Record<string, [(c: Counted) => unknown, Partial<Verdict>]> = {
  'a customer charged twice': [({ ledger }) => ledger.push({ ...ledger[0]!, id: 'ch_again' }), { double: ['bc_one'] }],
  'an event that did not arrive': [
    ({ deliveries }) => deliveries.undelivered.push('steady evt_1'),
    { undelivered: ['steady evt_1'] },
  ],
  'an event out of order': [({ deliveries }) => deliveries.misordered.push('evt_1'), { misordered: ['evt_1'] }],
  'two charges in our records': [({ records }) => (records[0]!.charges = 2), { double: ['bc_one'] }],
  'a contact without a record': [
    (c) => {
      for (const list of [c.records, c.ledger, c.runs]) list.shift()
    },
    { lost: ['one'] },
  ],
  'an onboarding that ended otherwise': [({ records }) => (records[0]!.status = 'pending'), { lost: ['bc_one'] }],
  'an active record that the gateway did not charge': [({ ledger }) => ledger.shift(), { lost: ['bc_one'] }],
  'a charge that was refunded': [({ ledger }) => (ledger[0]!.refunded = 1500), { lost: ['bc_one'] }],
  'an active record without its charge': [({ records }) => (records[0]!.charges = 0), { lost: ['bc_one'] }],
  'an active record without its enrollment': [({ records }) => (records[0]!.enrollments = 0), { lost: ['bc_one'] }],
  'a live onboarding': [({ records }) => (records[0]!.onboardings = [live]), { stuck: ['bc_one'] }],
  'a live replacement': [({ records }) => (records[0]!.replacements = [live]), { stuck: ['bc_one'] }],
  'a method that is missing at its gateway': [({ methods }) => methods.shift(), { methodGone: ['bc_one'] }],
  'an active record without a method': [
    ({ records }) => (records[0]!.paymentMethodId = null),
    { methodGone: ['bc_one'] },
  ],
  'a running run': [({ runs }) => (runs[0]!.status = 'RUNNING'), { stuck: ['onboarding/one'] }],
  'a request for an operator': [
    ({ records }) => (records[0]!.needsPerson = ['no_sign_of_life']),
    { waitingForPerson: ['bc_one (no_sign_of_life)'] },
  ],
  'a wait for an operator': [
    ({ records }) => (records[0]!.onboardings = [{ ...live, blockedOn: 'operator' }]),
    { waitingForPerson: ['bc_one (blocked_on operator)'] },
  ],
  'a terminated run': [
    ({ runs }) => runs.push({ ...runs[0]!, status: 'TERMINATED' }),
    { wrong: ['onboarding/one is TERMINATED'] },
  ],
  'a record without a completed run': [({ runs }) => runs.shift(), { wrong: ['bc_one has no completed run'] }],
  'a charge left open': [
    ({ records }) => (records[0]!.otherCharges = ['unknown']),
    { wrong: ['bc_one has a charge that is unknown'] },
  ],
  'a charge without a record': [
    ({ ledger }) => ledger.push({ ...ledger[0]!, id: 'ch_stray', billingCustomerId: undefined }),
    { wrong: ['ch_stray was charged and has no record'] },
  ],
  'two enrollments': [({ records }) => (records[0]!.enrollments = 2), { wrong: ['bc_one is enrolled more than once'] }],
  'two records of one contact': [
    ({ records }) => (records[0]!.contact = 'two'),
    { wrong: ['two has more than one record'] },
  ],
  'a second onboarding': [
    ({ records }) => records[0]!.onboardings.unshift({ live: false, blockedOn: null, result: 'expired' }),
    { wrong: ['bc_one has more than one onboarding'] },
  ],
  'a malformed call to the gateway': [({ invalidCalls }) => invalidCalls.push('POST /v1/x'), { wrong: ['POST /v1/x'] }],
}

describe('wrong:', () => {
  test.each(Object.entries(wrongs))('%s', (_, [spoil, expected]) => {
    const spoiled = counted()
    spoil(spoiled)
    expect(judge(completing, spoiled)).toMatchObject({ ...expected, right: false })
  })
})

/** Like `counted`, but the first onboarding is canceled and its charge refunded. */
function canceled(): Counted {
  const all = counted()
  Object.assign(all.records[0]!, {
    status: 'pending',
    onboardings: [{ live: false, blockedOn: null, result: 'canceled' }],
    charges: 0,
    otherCharges: ['refunded'],
    enrollments: 0,
  })
  all.ledger[0]!.refunded = 1500
  all.runs[0]!.status = 'FAILED'
  return all
}
const mayBeCanceled: Expected[] = [{ ...completing[0]!, ends: ['canceled', 'completed'] }, completing[1]!]

test('a canceled onboarding with a refunded charge is right only if cancellation is permitted', () => {
  const ended = { completed: 1, canceled: 1, expired: 0, failed: 0 }
  expect(judge(mayBeCanceled, canceled())).toMatchObject({
    right: true,
    ended,
    charges: 1,
    returned: 1,
    enrollments: 1,
  })
  expect(judge(completing, canceled())).toMatchObject({ right: false, lost: ['bc_one'] })
  expect(judge(mayBeCanceled, counted())).toMatchObject({ right: true, ended: { completed: 2 } })
})

test('an onboarding whose item was withdrawn must be undone like a canceled one', () => {
  const failed = canceled()
  failed.records[0]!.onboardings[0]!.result = 'failed'
  const mayFail: Expected[] = [{ ...completing[0]!, ends: ['failed'] }, completing[1]!]
  expect(judge(mayFail, failed)).toMatchObject({ right: true, ended: { failed: 1 }, returned: 1 })
  failed.ledger[0]!.refunded = 0
  expect(judge(mayFail, failed)).toMatchObject({ right: false, unreturned: ['bc_one'] })
})

const undoneWrongly: Record<string, [(c: Counted) => unknown, Partial<Verdict>]> = {
  'a charge that was not refunded': [({ ledger }) => (ledger[0]!.refunded = 0), { unreturned: ['bc_one'] }],
  'a partial refund': [({ ledger }) => (ledger[0]!.refunded = 1499), { unreturned: ['bc_one'] }],
  'a charge in our records': [({ records }) => (records[0]!.charges = 1), { unreturned: ['bc_one'] }],
  'an active record': [({ records }) => (records[0]!.status = 'active'), { unreturned: ['bc_one'] }],
  'an enrollment': [({ records }) => (records[0]!.enrollments = 1), { unreturned: ['bc_one'] }],
  'a pending refund': [
    ({ records }) => (records[0]!.otherCharges = ['refund_pending']),
    { wrong: ['bc_one has a charge that is refund_pending'] },
  ],
  'a run that did not fail': [({ runs }) => (runs[0]!.status = 'COMPLETED'), { wrong: ['bc_one has no failed run'] }],
}

describe('wrong for a canceled onboarding:', () => {
  test.each(Object.entries(undoneWrongly))('%s', (_, [spoil, expected]) => {
    const spoiled = canceled()
    spoil(spoiled)
    expect(judge(mayBeCanceled, spoiled)).toMatchObject({ ...expected, right: false })
  })
})
