import { expect, test } from 'vitest'
import { customerMessages } from '../../../domain/payment/declines.ts'
import { isIdOf } from '../../../domain/text/ids.ts'
import type { OnboardingFacts } from '../../../domain/onboarding/onboarding.ts'
import { currentStep, progressOf } from '../../../domain/onboarding/progress.ts'
import { factsAt } from '../../support/facts.ts'
import { builtInSettings, settingRules, settingsFrom } from '../../../domain/tenant/settings.ts'

const now = new Date()
const facts = factsAt(now, { onboardingId: 'onb_1', billableItemId: 'bi_1' })
const states = (changes: Partial<OnboardingFacts>) =>
  progressOf({ ...facts, ...changes }).steps.map(({ state }) => state)
const open = {
  number: 1,
  source: 'page' as const,
  linkVersion: 1,
  state: 'open' as const,
  code: null,
  bankAsked: false,
  onForm: false,
  createdAt: now,
  closedAt: null,
}
const succeeded = {
  id: 'ch_1',
  onboardingId: 'onb_1',
  state: 'succeeded' as const,
  amount: 1500,
  currency: 'USD',
  gateway: 'stripe' as const,
}

test('the checklist follows an onboarding from its record to its end', () => {
  expect(states({})).toEqual(['done', 'waiting', 'waiting', 'waiting', 'waiting'])
  expect(states({ attempts: [open] })).toEqual(['done', 'done', 'running', 'waiting', 'waiting'])
  expect(states({ attempts: [{ ...open, state: 'needs_customer' }] })).toEqual([
    'done',
    'waiting',
    'waiting',
    'waiting',
    'waiting',
  ])
  expect(states({ unsettledCharges: [succeeded] })).toEqual(['done', 'done', 'done', 'running', 'running'])
  expect(states({ unsettledCharges: [succeeded], result: 'completed', endedAt: now })).toEqual([
    'done',
    'done',
    'done',
    'done',
    'done',
  ])
  expect(states({ closing: 'canceled' })).toEqual(['done', 'failed', 'failed', 'failed', 'failed'])
  expect(states({ result: 'expired', endedAt: now, billableItemId: null })).toEqual([
    'done',
    'failed',
    'failed',
    'failed',
    'skipped',
  ])
  expect(states({ requireInitial: false, attempts: [open] })).toEqual([
    'done',
    'running',
    'skipped',
    'waiting',
    'waiting',
  ])
})

test('does not wait for the customer who has just submitted', () => {
  expect(progressOf(facts).blockedOn).toBe('customer')
  expect(progressOf({ ...facts, attempts: [open] }).blockedOn).toBeNull()
  expect(progressOf({ ...facts, attempts: [open], blockedOn: 'gateway' }).blockedOn).toBe('gateway')
})

test('while the bank asks, the onboarding waits for the customer, even before the run has read it', () => {
  const asked = { ...facts, blockedOn: null, attempts: [{ ...open, state: 'needs_customer' as const }] }
  expect(progressOf(asked).blockedOn).toBe('customer')
  expect(progressOf({ ...asked, blockedOn: 'operator' }).blockedOn).toBe('operator')
  expect(progressOf({ ...asked, closing: 'canceled' }).blockedOn).toBeNull()
  expect(progressOf({ ...facts, closing: 'canceled' }).blockedOn).toBeNull()
  expect(progressOf({ ...facts, closing: 'canceled', blockedOn: 'gateway' }).blockedOn).toBe('gateway')
})

test('names the step that explains the status', () => {
  expect(currentStep(progressOf(facts))).toBe('payment_method')
  expect(currentStep(progressOf({ ...facts, attempts: [open] }))).toBe('initial_charge')
  expect(currentStep(progressOf({ ...facts, result: 'completed', endedAt: now }))).toBe('ended')
})

test('every message to the customer says what happened to the money', () => {
  for (const [code, message] of Object.entries(customerMessages))
    expect(message, code).toMatch(/not been charged|nothing was charged/)
})

test('ids have a prefix and 26 characters', () => {
  expect(isIdOf('billingCustomer', 'bc_01m7y48hh0ecra43pm3bem4n8d')).toBe(true)
  for (const wrong of ['bc_1', 'cus_01m7y48hh0ecra43pm3bem4n8d', 'bc_01M7Y48HH0ECRA43PM3BEM4N8D', ''])
    expect(isIdOf('billingCustomer', wrong)).toBe(false)
})

test('settings of an organization override the defaults, and the defaults pass their own validation', () => {
  const set = settingsFrom(
    [
      { name: 'link_life_seconds', value: 60 },
      { name: 'of_a_newer_version', value: 1 },
    ],
    builtInSettings,
  )
  expect(set).toEqual({ ...builtInSettings, linkLife: 60, ownAccounts: {} })
  for (const [key, { accepts }] of Object.entries(settingRules))
    expect(accepts(builtInSettings[key as keyof typeof builtInSettings]), key).toBe(true)
  expect(settingRules.embedOrigins.accepts(["https://a.example; script-src 'unsafe-inline'"])).toBe(false)
})

test('cards tried on a caller’s form are submitted methods, and not attempts to charge', () => {
  const tried = { ...open, state: 'declined' as const, closedAt: now, onForm: true }
  const { steps } = progressOf(factsAt(now, { attempts: [tried, { ...tried, number: 2 }] }))
  expect(steps.slice(1, 3).map(({ attempts }) => attempts)).toEqual([2, 0])
})
