import { expect, test } from 'vitest'
import { customerMessage } from '../../domain/payment/declines.ts'
import { supportsCurrency, toMajorText } from '../../domain/payment/money.ts'
import { whatToDo, type PersonReason } from '../../domain/onboarding/person-reasons.ts'
import { textOf } from '../../tools/simulators/paypal/issues.ts'
import { parseForm } from '../../tools/simulators/stripe/api/form.ts'

// Input that matches a property of every object. Lookup tables must not contain any of them.
const inherited = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__']

test.each(inherited)('lookup tables do not contain %s', (word) => {
  expect(customerMessage(word)).toBe(customerMessage(null))
  expect(whatToDo(word as PersonReason)).toBe('See the run in Temporal UI.')
  expect(supportsCurrency('stripe', word, {})).toBe(false)
  expect(() => toMajorText(100, word)).toThrow(RangeError)
  expect(textOf(word)).toBe(word)
  expect(textOf(word, word)).toBe(word)
})

test('the form parser of a simulator cannot modify the prototype of objects', () => {
  const form = parseForm(
    'metadata[__proto__][polluted]=1&__proto__[polluted]=1&constructor[prototype][polluted]=1&a[b]=2',
  )
  expect(({} as { polluted?: string }).polluted).toBeUndefined()
  expect(form.a).toEqual({ b: '2' })
  expect(Object.keys(form).sort()).toEqual(['__proto__', 'a', 'constructor', 'metadata'])
})
