import { expect, test } from 'vitest'
import { matchCustomers, type Candidate } from '../../../admin/import/match-customers.ts'

let number = 0
const candidate = (more: Partial<Candidate> = {}): Candidate => ({
  id: `cus_${++number}`,
  methodId: `pm_${number}`,
  unsupported: null,
  isOwned: true,
  externalId: undefined,
  email: null,
  contacts: [],
  ...more,
})
const resultOf = (...candidates: Candidate[]) =>
  matchCustomers(candidates).map(({ verdict, reason, externalIds }) => [verdict, reason, ...externalIds])

test('the external id in the metadata comes first, and its contact need not exist', () => {
  const known = { email: 'ada@example.com', contacts: ['usr_2'] }
  expect(resultOf(candidate({ externalId: 'usr_1' }))).toEqual([['matched', null, 'usr_1']])
  expect(resultOf(candidate({ externalId: 'usr_1', ...known }))).toEqual([['matched', null, 'usr_1']])
  expect(resultOf(candidate({ externalId: '', ...known }))).toEqual([['matched', null, 'usr_2']])
  // Stored in NFC.
  expect(resultOf(candidate({ externalId: 'Zoe\u0308' }))).toEqual([['matched', null, 'Zo\u00eb']])
})

test('what no contact can have as its external id is not matched', () => {
  for (const externalId of ['..', ' usr_1', 'usr\u0000', 'x'.repeat(257), 'cus_01k2zj4y8qfvt9b0000000000a'])
    expect(resultOf(candidate({ externalId, email: 'a@example.com', contacts: ['usr_1'] })), externalId).toEqual([
      ['unmatched', 'invalid_external_id'],
    ])
})

test('an email matches if it is unique at the gateway and here', () => {
  const email = 'ada@example.com'
  const one = { email, contacts: ['usr_1'] }
  expect(resultOf(candidate(one))).toEqual([['matched', null, 'usr_1']])
  expect(resultOf(candidate({ email, contacts: ['usr_1', 'usr_2'] }))).toEqual([
    ['ambiguous', 'same_email', 'usr_1', 'usr_2'],
  ])
  // The other one has no method, but may be the right customer.
  expect(resultOf(candidate(one), candidate({ ...one, methodId: null }))).toEqual([
    ['ambiguous', 'same_email', 'usr_1'],
    ['without_method', 'no_default_method', 'usr_1'],
  ])
  // That of another organization says nothing.
  expect(resultOf(candidate(one), candidate({ ...one, isOwned: false }))).toEqual([
    ['matched', null, 'usr_1'],
    ['not_owned', 'not_of_this_organization'],
  ])
  expect(resultOf(candidate({ email, contacts: [] }))).toEqual([['unmatched', 'no_contact']])
  expect(resultOf(candidate({ email, contacts: [null] }))).toEqual([['unmatched', 'contact_without_external_id']])
  expect(resultOf(candidate())).toEqual([['unmatched', 'no_contact']])
})

test('customers that lead to one contact are ambiguous, however they lead there', () => {
  const byId = candidate({ externalId: 'usr_1' })
  const byEmail = candidate({ email: 'ada@example.com', contacts: ['usr_1'] })
  expect(resultOf(byId, byEmail, candidate({ externalId: 'usr_2' }))).toEqual([
    ['ambiguous', 'same_contact', 'usr_1'],
    ['ambiguous', 'same_contact', 'usr_1'],
    ['matched', null, 'usr_2'],
  ])
})

test('a customer without a method that can be charged is listed with the reason', () => {
  const without = (unsupported: Candidate['unsupported']) =>
    resultOf(candidate({ externalId: 'usr_1', methodId: null, unsupported }))
  expect(without(null)).toEqual([['without_method', 'no_default_method', 'usr_1']])
  expect(without('source')).toEqual([['without_method', 'default_source', 'usr_1']])
  expect(without('type')).toEqual([['without_method', 'other_type', 'usr_1']])
})
