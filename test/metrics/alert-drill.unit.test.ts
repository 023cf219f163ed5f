import { expect, test } from 'vitest'
import { causes } from '../../tools/alert-drill/causes.ts'
import { ruleFile, rules } from '../../tools/alert-drill/monitoring.ts'
import { shortenRules } from '../../tools/alert-drill/shorten.ts'

const shortened = shortenRules(ruleFile, 60).groups.flatMap((group) => group.rules)
const of = (name: string) => shortened.find(({ alert }) => alert === name)!

test('the alert drill divides durations and thresholds in seconds, and nothing else', () => {
  expect(of('RunsAreOverdue')).toMatchObject({
    expr: 'max(onboarding_oldest_overdue_wake_seconds) > 5',
    for: '2000ms',
  })
  expect(of('ReconciliationIsLate').expr).toBe('time() - max(janitor_last_round_completed_timestamp_seconds) > 3 * 60')
  expect(of('GatewayEventsDead').expr).toContain('gateway_events_dead offset 60000ms)')
  expect(of('CallsFail').expr).toMatch(/\[5000ms\].* > 0\.05 .* > 20$/)
  expect(of('StarterPushesALot').expr).toContain('> 0.1 + 0.5 *')
  const words = ({ expr }: { expr: string }) => expr.replaceAll(/\d+(ms|[smhd])?\b/g, '')
  expect(shortened.map(words)).toEqual(rules.map(words))
  const changed = rules.filter(({ expr }, i) => expr.replace(/\d+[smhd]\b/g, '') !== without(shortened[i]!.expr))
  expect(changed.map(({ alert }) => alert)).toEqual([
    'RunsAreOverdue',
    'GatewayEventsAreLate',
    'EventListsAreLate',
    'ReconciliationIsLate',
    'AccountsAreNotCompared',
    'WebhooksAreLate',
  ])
})

const without = (expr: string) => expr.replace(/\d+ms\b/g, '')

test('the alert drill causes every alert once', () => {
  expect(causes.flatMap(({ alerts }) => alerts).sort()).toEqual(rules.map(({ alert }) => alert).sort())
})
