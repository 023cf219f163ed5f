import { expect, test } from 'vitest'
import { linkToken, recognizeToken } from '../../api/setup-links.ts'
import { mostLinkVersions } from '../../domain/onboarding/onboarding.ts'

const secrets = ['a-secret-that-signs-and-is-long-enough', 'an-older-secret-that-is-still-accepted']
const recognize = (token: string, onboardings: { id: string; linkVersion: number }[]) =>
  recognizeToken(secrets, 'setup', token, onboardings)
const tokenOf = (id: string, version: number) => linkToken(secrets, 'setup', id, version)

test('recognizes every possible version of a link, and nothing else', () => {
  const one = [{ id: 'onb_1', linkVersion: mostLinkVersions }]
  for (let version = 1; version <= mostLinkVersions; version++)
    expect(recognize(tokenOf('onb_1', version), one)).toEqual({ onboardingId: 'onb_1', version })
  expect(recognize(tokenOf('onb_1', mostLinkVersions + 1), one)).toBeUndefined()
  expect(recognize(tokenOf('onb_1', 0), one)).toBeUndefined()
})

test('recognizes the newest link of each of 100 onboardings, even if all have 20,001 versions', () => {
  const many = Array.from({ length: 100 }, (_, i) => ({ id: `onb_${i}`, linkVersion: 20_001 }))
  for (const { id } of many) expect(recognize(tokenOf(id, 20_001), many)).toEqual({ onboardingId: id, version: 20_001 })
  expect(recognize(tokenOf('onb_0', 20_000), many)).toEqual({ onboardingId: 'onb_0', version: 20_000 })
  expect(recognize(linkToken([secrets[1]!], 'setup', 'onb_99', 20_001), many)?.onboardingId).toBe('onb_99')
})

test('a wrong token costs no more for a link with 20,001 versions than for one at the limit', () => {
  /** The best of several rounds, in milliseconds: what else runs on the machine makes a round longer, never shorter. */
  const cost = (onboardings: { id: string; linkVersion: number }[]) => {
    const rounds = Array.from({ length: 20 }, () => {
      const began = performance.now()
      expect(recognize(tokenOf('onb_other', 1), onboardings)).toBeUndefined()
      return performance.now() - began
    })
    return Math.min(...rounds)
  }
  const allowed = cost([{ id: 'onb_1', linkVersion: mostLinkVersions }])
  expect(cost([{ id: 'onb_1', linkVersion: 20_001 }])).toBeLessThan(10 * allowed)
  const most = Array.from({ length: 100 }, (_, i) => ({ id: `onb_${i}`, linkVersion: 20_001 }))
  expect(cost(most)).toBeLessThan(10 * allowed)
})

test('during a rotation in the documented order every API accepts the links of every other', () => {
  const [before, after] = secrets as [string, string]
  const link = [{ id: 'onb_1', linkVersion: 1 }]
  const accepts = (at: string[], signedBy: string[]) =>
    recognizeToken(at, 'setup', linkToken(signedBy, 'setup', 'onb_1', 1), link) !== undefined
  // docs/going-live.md: each step on every API before the next, so two steps that follow each other run side by side.
  const steps = [[before], [before, after], [after, before]]
  for (const [i, step] of steps.slice(1).entries())
    expect([accepts(step, steps[i]!), accepts(steps[i]!, step)]).toEqual([true, true])
  // Without the step in between, links of the new secret are unknown to APIs that have the old one alone.
  expect(accepts([before], [after, before])).toBe(false)
})
