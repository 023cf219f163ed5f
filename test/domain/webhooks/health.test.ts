import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  afterTry,
  givesUp,
  hasRecovered,
  healthy,
  isAway,
  isReportable,
  nextTryIn,
  withoutSecret,
  type Health,
  type Outcome,
} from '../../../domain/webhooks/health.ts'

const ok: Outcome = { status: 200, error: null, retryAfter: null }
const refusal: Outcome = { status: 500, error: 'status', retryAfter: null }
const away: Outcome = { status: null, error: 'timeout', retryAfter: null }
const start = new Date('2026-11-29T08:00:00Z')
const at = (seconds: number) => new Date(start.getTime() + seconds * 1_000)
const seconds = (time: Date) => (time.getTime() - start.getTime()) / 1_000

/** Each attempt is made when the pause has ended. */
function run(tries: [event: string, outcome: Outcome][], from: Health = healthy): { health: Health; now: Date } {
  let [health, now] = [from, start]
  for (const [event, outcome] of tries) {
    health = afterTry(health, event, outcome, now, 0.5)
    now = new Date(Math.max(now.getTime() + 1_000, health.retryAt?.getTime() ?? 0))
  }
  return { health, now }
}

describe('opening', () => {
  test.each<[string, [string, Outcome][], string]>([
    ['five attempts of two events, always unavailable', ['a', 'b', 'a', 'b', 'a'].map((id) => [id, away]), 'resting'],
    ['five attempts of one event, always unavailable', Array.from({ length: 5 }, () => ['a', away]), 'healthy'],
    ['ten events refused', Array.from({ length: 10 }, (_, i) => [`${i}`, refusal]), 'resting'],
    ['one event refused ten times', Array.from({ length: 10 }, () => ['a', refusal]), 'healthy'],
    ['nine events refused', Array.from({ length: 9 }, (_, i) => [`${i}`, refusal]), 'healthy'],
    [
      'a refusal between attempts that were away',
      [
        ['a', away],
        ['b', away],
        ['a', refusal],
        ['b', away],
        ['a', away],
      ],
      'healthy',
    ],
    ['Retry-After', [['a', { status: 503, error: 'status', retryAfter: 90 }]], 'resting'],
  ])('%s', (_, tries, state) => expect(run(tries).health.state).toBe(state))
})

test('any success closes it and forgets everything', () => {
  const outcome = fc.constantFrom(refusal, away, ok)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), outcome), { maxLength: 60 }), (tries) => {
      expect(run([...tries, ['z', ok]]).health).toEqual(healthy)
    }),
  )
})

test('the loop probes for about two minutes, then the run takes over, and after hours it probes hourly', () => {
  const opened = run(['a', 'b', 'a', 'b', 'a'].map((id) => [id, away]))
  let { health, now } = opened
  const pauses = [Math.round((health.retryAt!.getTime() - start.getTime()) / 1_000) - 4]
  const states = [health.state]
  for (let i = 0; i < 10; i++) {
    health = afterTry(health, 'a', away, now, 0.5)
    pauses.push(Math.round((health.retryAt!.getTime() - now.getTime()) / 1_000))
    states.push(health.state)
    now = health.retryAt!
  }
  expect(pauses).toEqual([10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 3_600, 3_600])
  expect(states.map((state) => state[0]).join('')).toBe('rrrffffffff')
})

test('an attempt that was under way when the pause began does not begin another', () => {
  const { health } = run(['a', 'b', 'a', 'b', 'a'].map((id) => [id, away]))
  const late = afterTry(health, 'c', away, at(5), 0.5)
  expect(late).toMatchObject({ retryAt: health.retryAt, pauses: health.pauses, failures: health.failures + 1 })
})

test('a quiet endpoint unavailable for its only event is disabled after 72 hours; the event has attempts left', () => {
  let [health, now, refusals] = [healthy, start, 0]
  for (let i = 0; i < 200 && !givesUp(health, now); i++) {
    if (i > 0) now = health.state === 'healthy' ? at(seconds(now) + nextTryIn(refusals, 0.5)!) : health.retryAt!
    health = afterTry(health, 'a', { status: 504, error: 'status', retryAfter: null }, now, 0.5)
    if (health.state === 'healthy') refusals++
  }
  expect(health.state).toBe('failing')
  expect(seconds(now) / 3_600).toBeGreaterThanOrEqual(72)
  expect(seconds(now) / 3_600).toBeLessThan(73)
  expect(refusals).toBeLessThan(10)
})

test('a success after the report is a recovery, even if the endpoint fails again by now', () => {
  const reportedAt = at(3_600)
  const failing: Health = { ...healthy, state: 'failing', failingSince: start }
  expect(hasRecovered(failing, reportedAt)).toBe(false)
  expect(hasRecovered(healthy, reportedAt)).toBe(true)
  expect(hasRecovered({ ...failing, state: 'resting', failingSince: at(4_000) }, reportedAt)).toBe(true)
})

test('gives up after 72 hours and ten attempts, and reports after one hour', () => {
  const failing: Health = { ...healthy, state: 'failing', failures: 10, failingSince: start }
  expect(givesUp(failing, at(72 * 3_600 - 1))).toBe(false)
  expect(givesUp(failing, at(72 * 3_600))).toBe(true)
  expect(givesUp({ ...failing, failures: 9 }, at(72 * 3_600))).toBe(false)
  expect(givesUp({ ...failing, state: 'healthy' }, at(72 * 3_600))).toBe(false)
  expect([isReportable(failing, at(3_599)), isReportable(failing, at(3_600))]).toEqual([false, true])
})

test('a secret that cannot be decrypted is no failure of the receiver, and is tried again within minutes', () => {
  let health = withoutSecret(healthy, start, 0.5)
  const pauses: number[] = []
  for (let i = 0; i < 2_000; i++) {
    const before = health.retryAt!
    health = withoutSecret(health, before, 0.5)
    pauses.push((health.retryAt!.getTime() - before.getTime()) / 1_000)
    expect(givesUp(health, at(100 * 3_600))).toBe(false)
  }
  expect(pauses.slice(0, 5)).toEqual([30, 60, 120, 300, 300])
  expect(Math.max(...pauses)).toBe(300)
  expect(health).toMatchObject({ state: 'failing', failures: 0, failingSince: null, failedEvents: [] })
  expect(afterTry(health, 'a', ok, start, 0.5)).toEqual(healthy)
})

test('a delivery is tried eleven times in about 72 hours, each pause within 20 percent', () => {
  const steps = Array.from({ length: 10 }, (_, i) => nextTryIn(i + 1, 0.5)!)
  expect(steps.reduce((sum, each) => sum + each, 0) / 3_600).toBeCloseTo(71.6, 0)
  expect(nextTryIn(11, 0.5)).toBeUndefined()
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.double({ min: 0, max: 1, noNaN: true }), (refusals, chance) => {
      const ratio = nextTryIn(refusals, chance)! / nextTryIn(refusals, 0.5)!
      expect(ratio).toBeGreaterThanOrEqual(0.8 - 1e-9)
      expect(ratio).toBeLessThanOrEqual(1.2 + 1e-9)
    }),
  )
})

test.each([
  [429, true],
  [502, true],
  [503, true],
  [504, true],
  [500, false],
  [404, false],
  [410, false],
])('a status of %i says that the receiver is away: %s', (status, expected) =>
  expect(isAway({ status, error: 'status', retryAfter: null })).toBe(expected),
)
