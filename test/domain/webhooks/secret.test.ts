import fc from 'fast-check'
import { expect, test } from 'vitest'
import { secretKey, secretText } from '../../../domain/webhooks/secret.ts'

test('a key is written as whsec_ and base64, and read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 24, maxLength: 64 }), (key) => {
      expect(secretText(key)).toBe(`whsec_${Buffer.from(key).toString('base64')}`)
      expect(secretKey(secretText(key))).toEqual(key)
    }),
  )
})

const key = Buffer.alloc(32, 7).toString('base64')
test.each([
  ['no prefix', key],
  ['two prefixes', `whsec_whsec_${key}`],
  ['another prefix', `whsk_${key}`],
  ['23 bytes', `whsec_${Buffer.alloc(23).toString('base64')}`],
  ['65 bytes', `whsec_${Buffer.alloc(65).toString('base64')}`],
  ['100,000 bytes', `whsec_${Buffer.alloc(100_000).toString('base64')}`],
  ['base64url', `whsec_${Buffer.alloc(32, 255).toString('base64url')}`],
  ['no padding', `whsec_${key.replace('=', '')}`],
  ['bits after the end', `whsec_${key.replace(/.=$/, 'd=')}`],
  ['a line break', `whsec_${key}\n`],
  ['whitespace', ` whsec_${key}`],
  ['text', 'whsec_not base64 at all, but long enough to be one'],
  ['nothing', ''],
])('a secret with %s is refused', (_what, text) => {
  expect(secretKey(text)).toBeUndefined()
})
