import { describe, expect, test } from 'vitest'
import { decideObject, type ObjectSituation } from '../../../domain/payment/decide-object.ts'

type Known = NonNullable<ObjectSituation['object']>

const names = [
  'hasId',
  'inOneStep',
  'isSent',
  'isSentByUs',
  'sameAccount',
  'sameCustomer',
  'isClosed',
  'isOtherSubmission',
] as const satisfies (keyof Known)[]

/** Every combination of what can be known of an object. */
const objects = Array.from(
  { length: 2 ** names.length },
  (_, bits) => Object.fromEntries(names.map((name, at) => [name, (bits & (1 << at)) !== 0])) as unknown as Known,
)
const decided = (object: Known, attemptIsOpen = true) => decideObject({ object, attemptIsOpen })

/** An object of this attempt's gateway and customer, with an id. */
const fitting: Known = {
  hasId: true,
  inOneStep: false,
  isSent: false,
  isSentByUs: false,
  sameAccount: true,
  sameCustomer: true,
  isClosed: false,
  isOtherSubmission: false,
}
const withoutId: Known = { ...fitting, hasId: false }

test('starts the next object only if no other can pay', () => {
  for (const attemptIsOpen of [true, false]) {
    expect(decideObject({ object: undefined, attemptIsOpen })).toBe('begin')
    for (const object of objects) expect(decided(object, attemptIsOpen)).not.toBe('begin')
  }
})

test('an attempt that has ended closes and searches nothing', () => {
  for (const object of objects) expect(['use', 'create', 'stop']).toContain(decided(object, false))
})

test('an attempt that has ended uses only what it could use while it was open', () => {
  for (const object of objects) {
    const open = decided(object)
    expect(decided(object, false)).toBe(open === 'close' || open === 'find' ? 'stop' : open)
  }
})

test('never pays with an object of another gateway', () => {
  for (const object of objects.filter(({ sameAccount }) => !sameAccount))
    expect(decided(object)).toBe(object.hasId ? 'close' : 'find')
})

test('never creates an object with an id again', () => {
  for (const object of objects.filter(({ hasId }) => hasId)) expect(['use', 'close']).toContain(decided(object))
})

test('never creates an object that is paid in the same call without paying it', () => {
  for (const object of objects.filter(({ inOneStep }) => inOneStep)) expect(decided(object)).not.toBe('create')
})

describe('every row', () => {
  const rows: [string, Known, string][] = [
    ['one that can take the attempt', fitting, 'use'],
    ['one of another gateway', { ...fitting, sameAccount: false }, 'close'],
    ['one of another gateway customer', { ...fitting, sameCustomer: false }, 'close'],
    ['one that takes no other card', { ...fitting, isClosed: true }, 'close'],
    ['one that is another submission', { ...fitting, isOtherSubmission: true }, 'close'],
    ['a row without an object', withoutId, 'create'],
    ['a row without an object, of another customer', { ...withoutId, sameCustomer: false }, 'create'],
    ['a row without an object, of another gateway', { ...withoutId, sameAccount: false }, 'find'],
    ['a row in one step that nobody asked for', { ...withoutId, inOneStep: true }, 'use'],
    [
      'a row in one step that this attempt asked for',
      { ...withoutId, inOneStep: true, isSent: true, isSentByUs: true },
      'use',
    ],
    ['a row in one step that another attempt asked for', { ...withoutId, inOneStep: true, isSent: true }, 'find'],
  ]
  test.each(rows)('%s', (_, object, decision) => expect(decided(object)).toBe(decision))
})
