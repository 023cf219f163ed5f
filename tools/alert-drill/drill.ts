import { setTimeout as sleep } from 'node:timers/promises'
import type { Prometheus } from './prometheus.ts'
import type { Stack } from './stack.ts'

/** What makes alerts fire. */
export interface Cause {
  name: string
  /** The alerts that it must raise. It may raise others too. */
  alerts: string[]
  /** Begins it, and returns how to end it. */
  begin(stack: Stack): Promise<() => Promise<unknown>>
}

/** What became of an alert, in seconds since its cause began and ended; undefined if it did not happen. */
export interface Outcome {
  alert: string
  cause: string
  firedAfter?: number
  resolvedAfter?: number
  /** Why the cause could not be carried out. */
  error?: string
}

export const isRight = ({ firedAfter, resolvedAfter, error }: Outcome): boolean =>
  firedAfter !== undefined && resolvedAfter !== undefined && error === undefined

/** The longest wait for an alert, in milliseconds: longer than any range and `for` of the shortened rules. */
const patience = 300_000

/** Begins a cause once none of its alerts fires, waits until all fire, ends it, and waits until all are resolved. */
export async function carryOut(cause: Cause, stack: Stack, prometheus: Prometheus): Promise<Outcome[]> {
  const outcomes = cause.alerts.map((alert): Outcome => ({ alert, cause: cause.name }))
  let end: (() => Promise<unknown>) | undefined
  try {
    await eachIs('silent', outcomes, prometheus, () => {})
    const began = performance.now()
    end = await cause.begin(stack)
    await eachIs('firing', outcomes, prometheus, (outcome) => (outcome.firedAfter = secondsSince(began)))
    const ended = performance.now()
    await end()
    end = undefined
    await eachIs('silent', outcomes, prometheus, (outcome) => (outcome.resolvedAfter = secondsSince(ended)))
  } catch (error) {
    for (const outcome of outcomes) outcome.error = error instanceof Error ? error.message : String(error)
    await end?.().catch(() => {})
  }
  return outcomes
}

const secondsSince = (time: number) => Math.round((performance.now() - time) / 1_000)

/** Waits until each alert fires or does not, and reports when. */
async function eachIs(
  wanted: 'firing' | 'silent',
  outcomes: Outcome[],
  prometheus: Prometheus,
  seen: (outcome: Outcome) => void,
): Promise<void> {
  let left = outcomes
  for (const end = performance.now() + patience; performance.now() < end; await sleep(250)) {
    const firing = await firingAlerts(prometheus)
    const done = left.filter(({ alert }) => firing.has(alert) === (wanted === 'firing'))
    for (const outcome of done) seen(outcome)
    left = left.filter((outcome) => !done.includes(outcome))
    if (left.length === 0) return
  }
  throw new Error(`not ${wanted} within ${patience / 1_000} s: ${left.map(({ alert }) => alert).join(', ')}`)
}

async function firingAlerts(prometheus: Prometheus): Promise<Set<string>> {
  const evaluated = await prometheus.rules()
  return new Set(evaluated.filter(({ state }) => state === 'firing').map(({ name }) => name))
}

const show = (seconds: number | undefined) => (seconds === undefined ? 'NOT' : `${seconds} s`)

export const sentenceOf = ({ alert, firedAfter, resolvedAfter, error }: Outcome): string =>
  `  ${alert}: fired after ${show(firedAfter)}, resolved after ${show(resolvedAfter)}${error ? `; ${error}` : ''}`

/** Returns a table: alert, cause, seconds until it fired, seconds until it was resolved. */
export function tableOf(outcomes: Outcome[]): string {
  const rows = [
    ['alert', 'cause', 'fired after', 'resolved after'],
    ...outcomes.map(({ alert, cause, firedAfter, resolvedAfter, error = '' }) => [
      alert,
      cause,
      show(firedAfter),
      `${show(resolvedAfter)}${error && `  ${error}`}`,
    ]),
  ]
  const widths = [0, 1, 2].map((i) => Math.max(...rows.map((row) => row[i]!.length)))
  return rows.map((row) => `  ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd()).join('\n')
}
