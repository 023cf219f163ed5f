import { expect, test } from 'vitest'
import type { GatewayAccount } from '../../../domain/reference.ts'
import { SealError } from '../../../store/database/sealing.ts'
import { createAccountSealing } from '../../../store/gateway-accounts/account-sealing.ts'

const [older, newer, other] = ['older', 'newer', 'other'].map((word) => `${word}-key-of-at-least-32-characters`)
const sealing = (...keys: (string | undefined)[]) => createAccountSealing(keys as string[])
const account: GatewayAccount = { accountId: 'ga_1', environment: 'sandbox', gateway: 'stripe' }
const place = { name: 'secret_key', number: 1 }
const secret = 'a-secret-of-this-test'

const wrapped = sealing(older).newKey(account)
const sealed = sealing(older).seal(account, wrapped, place, secret)

test('a secret opens with the key of its account, which any of the keys opens', () => {
  expect(sealing(newer, older).open(account, wrapped, place, sealed)).toBe(secret)
  expect(sealed.includes(secret)).toBe(false)
  expect(sealing(older).newKey(account)).not.toEqual(wrapped)
})

test('after a rewrap the newest key alone opens what was sealed before', () => {
  const again = sealing(newer, older).rewrap(account, wrapped)!
  expect(sealing(newer).open(account, again, place, sealed)).toBe(secret)
  expect(sealing(newer, older).rewrap(account, again)).toBeUndefined()
})

const moved = (change: Partial<GatewayAccount>) => () =>
  sealing(older).open({ ...account, ...change }, wrapped, place, sealed)
const otherKey = sealing(older).newKey(account)
test.each<[string, () => unknown, string]>([
  ['moved to another account', moved({ accountId: 'ga_2' }), 'another owner'],
  ['moved to another environment', moved({ environment: 'live' }), 'another owner'],
  ['moved to another gateway', moved({ gateway: 'paypal' }), 'another owner'],
  [
    'under another name',
    () => sealing(older).open(account, wrapped, { ...place, name: 'webhook_secret' }, sealed),
    'another owner',
  ],
  [
    'under another number',
    () => sealing(older).open(account, wrapped, { ...place, number: 2 }, sealed),
    'another owner',
  ],
  ["with another account's key", () => sealing(older).open(account, otherKey, place, sealed), 'is not configured'],
  ['with an unknown key id', () => sealing(other).open(account, wrapped, place, sealed), 'is not configured'],
  ['truncated', () => sealing(older).open(account, wrapped, place, sealed.subarray(0, -1)), 'was changed'],
  ['cut to nothing', () => sealing(older).open(account, wrapped, place, sealed.subarray(0, 5)), 'unknown form'],
  ['with a truncated key', () => sealing(older).open(account, wrapped.subarray(0, -3), place, sealed), 'was changed'],
  ['without keys', () => sealing().newKey(account), 'no key'],
  ['rewrapped without its key', () => sealing(other).rewrap(account, wrapped), 'is not configured'],
])('what is %s is refused with a sentence, which contains no secret', (_what, open, message) => {
  expect(open).toThrow(SealError)
  expect(open).toThrow(message)
  expect(open).not.toThrow(new RegExp(`${secret}|key-of|ga_`))
})

test('a change of any byte of the secret or of its key is noticed', () => {
  for (const [whole, open] of [
    [sealed, (changed: Buffer) => sealing(older).open(account, wrapped, place, changed)],
    [wrapped, (changed: Buffer) => sealing(older).open(account, changed, place, sealed)],
  ] as const)
    for (let i = 0; i < whole.length; i++) {
      const changed = Buffer.from(whole)
      changed[i]! ^= 1
      expect(() => open(changed), `byte ${i}`).toThrow(SealError)
    }
})
