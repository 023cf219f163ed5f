import { expect, test } from 'vitest'
import { metadataBytes, metadataLimits, whyNotMerged } from '../../../domain/text/metadata.ts'

const filled = (names: number, length: number) =>
  Object.fromEntries(Array.from({ length: names }, (_, i) => [`key_${i}`, 'x'.repeat(length)]))

test('the size is that of JSON in UTF-8 with numbers written out in full', () => {
  expect(metadataBytes({})).toBe(2)
  expect(metadataBytes({ a: 'é👍' })).toBe('{"a":""}'.length + 6)
  for (const [number, written] of [
    [1e21, '1000000000000000000000'],
    [-1.5e21, '-1500000000000000000000'],
    [1.5e-7, '0.00000015'],
    [-1.5e-7, '-0.00000015'],
    [1e-7, '0.0000001'],
    [12, '12'],
    [-0.25, '-0.25'],
  ] as const)
    expect([number, metadataBytes({ a: number })]).toEqual([number, `{"a":${written}}`.length])
  expect(metadataBytes({ a: [1e308] })).toBe('{"a":[]}'.length + 309)
})

test('the limits of every documented door and of Stripe are within ours', () => {
  const moment = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i}`.padEnd(40, 'é'), '語'.repeat(500)]))
  const stripe = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}`.padEnd(40, 'k'), 'v'.repeat(500)]))
  for (const most of [moment, stripe]) expect(metadataBytes(most)).toBeLessThanOrEqual(metadataLimits.bytes)
})

test('a merge is validated by its result; metadata that exceeds a limit can shrink but not grow', () => {
  expect(whyNotMerged(filled(60, 1), { key_0: 'other', another: 1 })).toBeUndefined()
  expect(whyNotMerged(filled(100, 1), { another: 1 })).toMatch(/^must have at most 100 keys/)
  expect(whyNotMerged(filled(8, 3900), { another: 'x'.repeat(3900) })).toMatch(/^must be at most 32768 bytes of JSON/)
  // Names that begin with _ belong to the service.
  expect(whyNotMerged(filled(100, 1), { _bi_id: 'bi_1', _gateway: 'stripe' })).toBeUndefined()
  const large = filled(300, 4000)
  expect(whyNotMerged(large, { key_0: '' })).toBeUndefined()
  expect(whyNotMerged(large, { key_0: 'x'.repeat(4000) })).toBeUndefined()
  expect(whyNotMerged(large, { key_0: 'x'.repeat(4001) })).toMatch(/bytes/)
  expect(whyNotMerged(large, { another: '' })).toMatch(/keys/)
})
