import { expect, test } from 'vitest'
import {
  customerIdIn,
  doorPrefixes,
  idPrefixes,
  otherThanCustomer,
  readId,
  toEdgeEnrollmentId,
  toEdgeRevenueId,
  toFlexpriceCustomerId,
  toMomentCustomerId,
  whyNotExternalId,
  type Kind,
} from '../../../domain/text/ids.ts'

const rest = '01k2j0q8e5f7g9h1j3k5m7n9p1'
const ours = `cus_${rest}`

test('an id is parsed with the prefix of every door, and doors write ids that can be parsed', () => {
  for (const [kind, prefix] of Object.entries(idPrefixes))
    expect(readId(`${prefix}_${rest}`)).toEqual({ kind, id: `${prefix}_${rest}` })
  for (const prefixes of Object.values(doorPrefixes))
    for (const [kind, prefix] of Object.entries(prefixes))
      expect(readId(`${prefix}_${rest}`), prefix).toEqual({ kind, id: `${idPrefixes[kind as Kind]}_${rest}` })
  const written = [toMomentCustomerId(ours), toFlexpriceCustomerId(ours)]
  expect(written).toEqual([`bcus_${rest}`, `cust_${rest}`])
  expect(written.map(customerIdIn)).toEqual([ours, ours])
  expect([toEdgeRevenueId(`ch_${rest}`), toEdgeRevenueId(null)]).toEqual([`rev_${rest}`, null])
  expect(toEdgeEnrollmentId(`enr_${rest}`)).toBe(`ts_${rest}`)
})

test.each([
  ours.toUpperCase(),
  ` ${ours}`,
  `${ours}\n`,
  `\u00a0${ours}\u200b`,
  `cus_01k2j0q8e5f7\u00ad\u200bg9h1j3k5m7n9p1`,
  `CUST_${rest}`,
  ours.replace('cus', 'ｃｕｓ'),
])('%j is parsed as a customer id', (text) => {
  expect(readId(text)).toEqual({ kind: 'customer', id: ours })
  expect(whyNotExternalId(text)).toBe(
    'must not look like an id of this service: it has the form of the id of a customer',
  )
})

test.each([
  'cus_nobody',
  'cus_Q1w2e3r4t5y6u7',
  'cust_123456',
  'bc_42',
  `user_${rest}`,
  rest,
  `${ours}0`,
  ours.slice(0, -1),
  `x${ours}`,
  ours.replace('_', '-'),
  // Letters that never occur in our ids.
  `cus_${'i'.repeat(26)}`,
  '',
  '...',
  'a/b%2F?#',
])('%j is an id of the caller', (text) => {
  expect(readId(text)).toBeUndefined()
  expect(customerIdIn(text)).toBe(text)
  expect(whyNotExternalId(text)).toBeUndefined()
})

test('the id of another kind of object is reported as that kind', () => {
  const names = Object.values(idPrefixes).map((prefix) => otherThanCustomer(`${prefix}_${rest}`))
  expect(names).toEqual([
    'an organization',
    'a brand',
    'an API key',
    undefined,
    'a billing customer',
    'an onboarding',
    'a charge',
    'a refund',
    'a billable item',
    'an enrollment',
    'an event',
    'a bulk onboarding',
    'a webhook endpoint',
    'a gateway account',
  ])
  expect(otherThanCustomer(`rev_${rest}`)).toBe('a charge')
})

test('segments that URL parsers remove cannot be external ids', () => {
  for (const text of ['.', '..']) {
    expect(new URL(`http://a/v1/customers/${encodeURIComponent(text)}`).pathname).not.toContain(text)
    expect(whyNotExternalId(text)).toBe('must not be . or ..: it cannot be part of a path')
  }
})
