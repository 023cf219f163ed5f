import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSealing, SealError } from '../../../store/database/sealing.ts'

const [older, newer, other] = ['older', 'newer', 'other'].map((word) => `${word}-key-of-at-least-32-characters`)
const sealing = (...keys: (string | undefined)[]) => createSealing(keys as string[], 'webhook')
const secret = randomBytes(32)

test('what is sealed opens, looks different each time, and does not contain the secret', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.string(), (bytes, owner) => {
      const one = sealing(newer).seal(owner, bytes)
      expect(sealing(newer).open(owner, one)).toEqual(Buffer.from(bytes))
      expect(sealing(newer).seal(owner, bytes)).not.toEqual(one)
    }),
  )
  expect(sealing(newer).seal('we_1', secret).includes(secret)).toBe(false)
})

test('an older key opens what it sealed; the first key seals', () => {
  const old = sealing(older).seal('we_1', secret)
  expect(sealing(newer, older).open('we_1', old)).toEqual(secret)
  const fresh = sealing(newer, older).seal('we_1', secret)
  expect(sealing(newer).open('we_1', fresh)).toEqual(secret)
  expect(() => sealing(older).open('we_1', fresh)).toThrow(SealError)
})

test.each<[string, () => unknown, string]>([
  ['another endpoint', () => sealing(newer).open('we_2', sealing(newer).seal('we_1', secret)), 'another owner'],
  ['another key', () => sealing(other).open('we_1', sealing(newer).seal('we_1', secret)), 'is not configured'],
  [
    'another purpose',
    () => createSealing([newer!], 'gateway').open('we_1', sealing(newer).seal('we_1', secret)),
    'is not configured',
  ],
  ['no key', () => sealing().seal('we_1', secret), 'no key'],
  ['nothing', () => sealing(newer).open('we_1', Buffer.alloc(0)), 'unknown form'],
  ['another form', () => sealing(newer).open('we_1', Buffer.alloc(60, 2)), 'unknown form'],
])('%s does not open, and the error contains no secret', (_what, open, message) => {
  expect(open).toThrow(SealError)
  expect(open).toThrow(message)
  expect(open).not.toThrow(new RegExp(`we_|${secret.toString('base64').slice(0, 8)}|key-of`))
})

test('a change of any byte is noticed', () => {
  const sealed = sealing(newer).seal('we_1', secret)
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed)
    changed[i]! ^= 1
    expect(() => sealing(newer).open('we_1', changed), `byte ${i}`).toThrow(SealError)
  }
  expect(() => sealing(newer).open('we_1', sealed.subarray(0, -1))).toThrow(SealError)
})
