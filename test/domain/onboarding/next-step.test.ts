import { describe, expect, test } from 'vitest'
import { expiryOf, nextStep } from '../../../domain/onboarding/next-step.ts'
import type { AttemptFacts, ChargeFacts, OnboardingFacts } from '../../../domain/onboarding/onboarding.ts'
import { factsAt } from '../../support/facts.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000)
const timing = { expiryGrace: 100, reminders: [1_000, 3_000] }

const waiting = factsAt(at(0), { expiresAt: at(10_000) })
const attempt = (state: AttemptFacts['state'], more: Partial<AttemptFacts> = {}): AttemptFacts => {
  const open = state === 'open' || state === 'needs_customer' || state === 'processing'
  return {
    number: 1,
    source: 'page',
    linkVersion: 1,
    state,
    code: null,
    bankAsked: false,
    onForm: false,
    createdAt: at(500),
    closedAt: open ? null : at(500),
    ...more,
  }
}
const charge = (state: ChargeFacts['state'], onboardingId = 'onb_mine'): ChargeFacts => ({
  id: 'ch_1',
  onboardingId,
  state,
  amount: 1500,
  currency: 'USD',
  gateway: 'stripe',
})
const step = (changes: Partial<OnboardingFacts>, now = 600) => nextStep({ ...waiting, ...changes }, timing, at(now))

describe('what an onboarding does next', () => {
  const rows: [what: string, changes: Partial<OnboardingFacts>, now: number, expected: object][] = [
    ['it ended', { endedAt: at(1), result: 'expired' }, 600, { do: 'nothing', result: 'expired' }],
    [
      'it ended while it was closing',
      { endedAt: at(1), result: 'canceled', closing: 'canceled' },
      600,
      { do: 'nothing', result: 'canceled' },
    ],
    ['it closes', { closing: 'canceled' }, 600, { do: 'close', closing: 'canceled' }],
    [
      'it closes although it is paid',
      { closing: 'canceled', unsettledCharges: [charge('succeeded')] },
      600,
      { do: 'close', closing: 'canceled' },
    ],
    [
      'it replaces the method of a customer whose charge stays',
      { kind: 'replacement', requireInitial: false, amount: 0, unsettledCharges: [charge('succeeded', 'onb_before')] },
      600,
      { do: 'wait_for_customer', until: at(1_000), then: 'reminder' },
    ],
    ['it is paid', { unsettledCharges: [charge('succeeded')] }, 600, { do: 'activate' }],
    ['it is paid although expired', { unsettledCharges: [charge('succeeded')] }, 20_000, { do: 'activate' }],
    [
      'nothing is due and a method is saved',
      {
        requireInitial: false,
        objects: [
          {
            objectNumber: 1,
            kind: 'setup',
            gateway: 'stripe',
            accountId: 'ga_stripe_sandbox',
            state: 'paid',
            objectId: 'seti',
            news: false,
            amount: 0,
            currency: 'USD',
          },
        ],
      },
      600,
      { do: 'activate' },
    ],
    [
      'nothing is due and no method is saved',
      { requireInitial: false },
      600,
      { do: 'wait_for_customer', until: at(1_000), then: 'reminder' },
    ],
    ['a submission is open', { attempts: [attempt('open')] }, 600, { do: 'pay' }],
    ['a submission is open although expired', { attempts: [attempt('open')] }, 20_000, { do: 'pay' }],
    ['an earlier onboarding left money', { unsettledCharges: [charge('succeeded', 'onb_before')] }, 600, { do: 'pay' }],
    [
      'an earlier refund is under way',
      { unsettledCharges: [charge('refund_pending', 'onb_before')] },
      600,
      { do: 'wait_for_customer', until: at(1_000), then: 'reminder' },
    ],
    ['the bank thinks', { attempts: [attempt('processing')] }, 20_000, { do: 'wait_for_bank' }],
    ['the bank asks the customer', { attempts: [attempt('needs_customer')] }, 600, { do: 'wait_for_bank' }],
    [
      'the bank asks, in the grace after expiry',
      { attempts: [attempt('needs_customer')] },
      10_050,
      { do: 'wait_for_bank' },
    ],
    ['the bank asks, after the grace', { attempts: [attempt('needs_customer')] }, 10_100, { do: 'expire' }],
    ['a decline long before expiry', { attempts: [attempt('declined')], remindersSent: 2 }, 10_000, { do: 'expire' }],
    [
      'a decline just before expiry',
      { attempts: [attempt('declined', { closedAt: at(9_950) })], remindersSent: 2 },
      10_000,
      { do: 'wait_for_customer', until: at(10_100), then: 'expiry' },
    ],
    ['it expires', { remindersSent: 2 }, 10_000, { do: 'expire' }],
    ['the first reminder is due', {}, 1_000, { do: 'remind', number: 1 }],
    ['the second reminder is due', { remindersSent: 1 }, 3_000, { do: 'remind', number: 2 }],
    [
      'all reminders are sent',
      { remindersSent: 2 },
      3_000,
      { do: 'wait_for_customer', until: at(10_000), then: 'expiry' },
    ],
    [
      'its link was never given out',
      { linkGivenAt: null },
      5_000,
      { do: 'wait_for_customer', until: at(10_000), then: 'expiry' },
    ],
  ]
  test.each(rows)('%s', (_what, changes, now, expected) => {
    expect(step(changes, now)).toEqual(expected)
  })
})

test('grace is given once: attempts made in it do not make it longer', () => {
  const late = attempt('declined', { createdAt: at(10_050), closedAt: at(10_060) })
  expect(expiryOf({ ...waiting, attempts: [late] }, timing)).toEqual(at(10_000))
})
