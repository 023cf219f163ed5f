import { expect, test } from 'vitest'
import { checklist, type ShownWait } from '../../../../domain/onboarding/shown/checklist.ts'
import type { OnboardingFacts } from '../../../../domain/onboarding/onboarding.ts'
import { whatToDo } from '../../../../domain/onboarding/person-reasons.ts'
import { progressOf } from '../../../../domain/onboarding/progress.ts'
import { linksText } from '../../../../domain/onboarding/shown/links.ts'
import { runNotesOf } from '../../../../domain/onboarding/run-notes.ts'
import { nextStep } from '../../../../domain/onboarding/next-step.ts'
import { customerMessages } from '../../../../domain/payment/declines.ts'
import { factsAt } from '../../../support/facts.ts'

const now = new Date('2026-11-29T08:10:00Z')
const facts = factsAt(now, { billableItemId: 'bi_1', expiresAt: new Date('2026-12-20T08:10:00Z') })
const timing = { expiryGrace: 0, reminders: [86_400] }
const declined = {
  number: 1,
  source: 'page' as const,
  linkVersion: 1,
  state: 'declined' as const,
  code: 'insufficient_funds',
  bankAsked: false,
  onForm: false,
  createdAt: now,
  closedAt: now,
}
const object = {
  objectNumber: 1,
  kind: 'payment' as const,
  gateway: 'stripe' as const,
  accountId: 'ga_1',
  state: 'open' as const,
  objectId: 'pi_123',
  news: false,
  amount: 1500,
  currency: 'USD',
}

const notesOf = (changes: Partial<OnboardingFacts>) => {
  const changed = { ...facts, ...changes }
  return runNotesOf(changed, nextStep(changed, timing, now))
}
const shown = (changes: Partial<OnboardingFacts>, wait: ShownWait = { since: now }) =>
  checklist(progressOf({ ...facts, ...changes }), notesOf(changes), wait, now)

test('the checklist marks each step, and counts the declines with the code of the last', () => {
  const until = new Date('2026-11-30T08:10:00Z')
  expect(shown({ attempts: [declined] }, { since: now, until }).split('\n')).toEqual([
    'Status: **pending**, stripe, charges 15.00 USD',
    '',
    '- ✓ Record created: **done**',
    '- → Payment method submitted: **waiting**, 1 attempt, 1 declined, last `insufficient_funds`',
    '- ○ Initial charge: **waiting**',
    '- ○ Billing customer active: **waiting**',
    '- ○ Enrolled: **waiting**',
    '',
    'Waiting for: **customer**, since 08:10 UTC, reminder 30 Nov, 08:10 UTC',
  ])
})

test('the checklist of an ended onboarding shows what was not done, and no wait', () => {
  const text = shown({ result: 'canceled', closing: 'canceled', endedAt: now, requireInitial: false })
  expect(text).toContain('- ✗ Payment method submitted: **failed**')
  expect(text).toContain('- – Initial charge: **skipped**')
  expect(text).not.toContain('Waiting')
})

test('the checklist contains codes and numbers, and no message', () => {
  for (const code of ['insufficient_funds', 'Jane Doe'])
    expect(shown({ attempts: [{ ...declined, code }] })).not.toMatch(/Jane|You have not been charged/)
  expect(shown({ attempts: [{ ...declined, code: 'declined' }] })).not.toContain(customerMessages.declined)
})

test('the checklist shows why an operator is needed and what to do, only while one is', () => {
  const wait = { reason: 'no_progress' as const, since: now, until: new Date('2026-11-29T08:40:00Z') }
  const text = shown({ blockedOn: 'operator' }, wait)
  expect(text).toContain('Waiting for: **operator** (`no_progress`), since 08:10 UTC, next try 08:40 UTC')
  expect(text).toContain(`What to do: ${whatToDo('no_progress')}`)
  expect(shown({ blockedOn: 'operator' })).toMatch(/Waiting for: \*\*operator\*\*, since 08:10 UTC$/)
  expect(shown({ blockedOn: 'gateway' }, wait)).toMatch(/\*\*gateway\*\*, since 08:10 UTC, next try 08:40 UTC$/)
})

const bases = { api: 'https://pay.example', runbook: 'https://docs.example/operations.md', simulated: [] }
const ids = { billingCustomerId: 'bc_1', blockedOn: 'operator' as const }

test('the links lead to the record, the section of the runbook, and the object at the gateway by environment', () => {
  const notes = notesOf({ objects: [object, { ...object, objectNumber: 2, objectId: 'pi_456' }] })
  expect(linksText({ ...ids, environment: 'live' }, notes, bases)).toBe(
    '[API record](https://pay.example/v1/billing_customers/bc_1) · ' +
      '[runbook](https://docs.example/operations.md#when-an-operator-is-needed) · ' +
      '[Stripe `pi_456`](https://dashboard.stripe.com/payments/pi_456)',
  )
  const setup = notesOf({ objects: [{ ...object, kind: 'setup', objectId: 'seti_1' }] })
  expect(linksText({ ...ids, environment: 'sandbox' }, setup, bases)).toContain(
    '(https://dashboard.stripe.com/test/setup_intents/seti_1)',
  )
})

test('without a dashboard the object is named by its id, and without a runbook its file', () => {
  const notes = notesOf({ objects: [object] })
  const simulated = linksText({ ...ids, environment: 'sandbox' }, notes, { api: 'http://a', simulated: ['stripe'] })
  expect(simulated).toContain('runbook `docs/operations.md#when-an-operator-is-needed` · Stripe `pi_123`')
  // The live environment is never simulated.
  expect(linksText({ ...ids, environment: 'live' }, notes, { api: 'http://a', simulated: ['stripe'] })).toContain(
    '](https://d',
  )
  const order = notesOf({ objects: [{ ...object, gateway: 'paypal', objectId: '5O190127TN364715T' }] })
  expect(linksText({ ...ids, environment: 'live' }, order, bases)).toMatch(/ · PayPal `5O190127TN364715T`$/)
  expect(linksText({ ...ids, environment: 'live' }, {})).toBe('runbook `docs/operations.md#when-an-operator-is-needed`')
})
