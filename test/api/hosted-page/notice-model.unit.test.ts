import { expect, test } from 'vitest'
import { paymentAtClosing, paymentAtEnd } from '../../../api/hosted-page/notice-model.ts'
import type { AttemptState, Closing, ObjectState } from '../../../domain/lifecycle.ts'
import { factsAt } from '../../support/facts.ts'

const now = new Date()

/** Returns the facts of an onboarding that is closing, with an attempt and a payment object. */
const factsOf = (closing: Closing, attempt?: AttemptState, object?: ObjectState, changes = {}) =>
  factsAt(now, {
    closing,
    attempts: attempt
      ? [
          {
            number: 1,
            source: 'page',
            linkVersion: 1,
            state: attempt,
            code: null,
            bankAsked: false,
            onForm: false,
            createdAt: now,
            closedAt: null,
          },
        ]
      : [],
    objects: object
      ? [
          {
            objectNumber: 1,
            kind: 'payment',
            gateway: 'stripe',
            accountId: 'ga_stripe_sandbox',
            state: object,
            objectId: 'pi_1',
            news: false,
            amount: 1500,
            currency: 'USD',
          },
        ]
      : [],
    ...changes,
  })

test.each<[Closing, AttemptState | undefined, ObjectState | undefined, ReturnType<typeof paymentAtClosing>]>([
  ['canceled', undefined, undefined, 'notCharged'],
  ['canceled', 'declined', 'dead', 'notCharged'],
  // The bank may still be asked, or may have been paid by a call without an answer.
  ['canceled', 'declined', 'open', null],
  ['canceled', 'void', 'creating', null],
  ['canceled', 'processing', 'dead', null],
  ['canceled', 'paid', 'paid', 'returned'],
  ['failed', 'paid', 'paid', 'returned'],
  // It is reopened instead.
  ['expired', 'paid', 'paid', null],
  ['expired', 'void', 'dead', 'notCharged'],
])('while it is closing (%s), with an attempt %s and an object %s: %s', (closing, attempt, object, said) => {
  expect(paymentAtClosing(factsOf(closing, attempt, object))).toBe(said)
})

test('once it has ended, nothing is open; without an amount nothing is returned', () => {
  expect(paymentAtEnd(factsOf('canceled', 'paid', 'paid'))).toBe('returned')
  expect(paymentAtEnd(factsOf('canceled', 'paid', 'paid', { requireInitial: false }))).toBeNull()
  expect(paymentAtEnd(factsOf('canceled', 'declined', 'dead'))).toBe('notCharged')
})
