import { retryLater } from './acts/calls.ts'
import type { Execution } from './execute-plan.ts'
import type { Plan, Service } from './plan.ts'
import type { Verdict } from './verdict.ts'

export interface Report {
  /** `merchants`: number of customers of each. */
  plan: Pick<Plan, 'seed' | 'onboardings'> & { merchants: Record<string, number> }
  verdict: Verdict
  attempts: Record<string, number>
  kills: Record<Service, number>
  /** How often each was stopped and started in turn. */
  renewals: Record<Service, number>
  unexpectedExits: Record<Service, number>
  faults: Execution['faults']
  calls: Execution['calls']
  /** What the proxy in front of two APIs could not forward, if there is one: then no call may fail. */
  proxy: Record<string, number> | undefined
  /** Unexpected responses and results that customers and callers saw. */
  oddities: string[]
  seconds: number
}

/** API and worker must survive the loss of the servers they need. Temporal may exit with its database. */
const exitProblems = ({ unexpectedExits }: Report) =>
  (['api', 'worker'] as const)
    .filter((name) => unexpectedExits[name] > 0)
    .map((name) => `${name} exited unexpectedly ${unexpectedExits[name]} times`)

/** Returns the outcomes that must not happen behind a proxy: no response, or a 5xx without Retry-After. */
function failedCalls({ calls, proxy }: Report): string[] {
  if (!proxy) return []
  const failed = Object.entries(calls).filter(([outcome]) => outcome !== retryLater && !/^[234]\d\d$/.test(outcome))
  const unforwarded = Object.entries(proxy).map(([cause, count]) => `the proxy: ${cause} ${count}`)
  return [...failed.map(([outcome, count]) => `calls: ${outcome} ${count}`), ...unforwarded]
}

/** Returns whether there is no problem of any kind. Only then does the command exit with 0. */
export const isRight = (report: Report) => report.verdict.right && otherProblems(report).length === 0

const otherProblems = (report: Report) => [...report.oddities, ...exitProblems(report), ...failedCalls(report)]

const listed = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0)

/** Returns the table that is printed after a run. */
export function tableOf(report: Report): string {
  const { plan, verdict, attempts, kills, renewals, unexpectedExits, faults, calls, seconds } = report
  const rows: [string, number | string, string][] = [
    ['onboardings', plan.onboardings, `seed ${plan.seed}`],
    ['of merchants', Object.keys(plan.merchants).length, listed(plan.merchants)],
    [
      'completed',
      verdict.ended.completed,
      `canceled ${verdict.ended.canceled}, expired ${verdict.ended.expired}, failed ${verdict.ended.failed}`,
    ],
    ['records active', verdict.records, ''],
    ['charges not refunded', verdict.charges, `refunded ${verdict.returned}`],
    ['enrollments', verdict.enrollments, ''],
    ['methods replaced', verdict.replaced, ''],
    ['refunded in part', verdict.partlyRefunded, `closed ${verdict.closed}`],
    ['double charges', verdict.double.length, ''],
    ['lost', verdict.lost.length, ''],
    ['not completed but charged', verdict.unreturned.length, ''],
    ['methods missing', verdict.methodGone.length, ''],
    ['stuck', verdict.stuck.length, ''],
    ['waiting for an operator', verdict.waitingForPerson.length, ''],
    ['events delivered', verdict.delivered, `repeated ${verdict.duplicates}`],
    ['events undelivered', verdict.undelivered.length, `out of order ${verdict.misordered.length}`],
    ['other problems', verdict.wrong.length + otherProblems(report).length, ''],
    ['payment attempts', total(attempts), listed(attempts)],
    ['calls', total(calls), listed(calls)],
    ['kills', total(kills), listed(kills)],
    ['stopped and started in turn', total(renewals), listed(renewals)],
    ['unexpected exits', total(unexpectedExits), listed(unexpectedExits)],
    ['calls hit by faults', total(faults), listed(faults)],
    ['duration', `${Math.round(seconds)} s`, ''],
  ]
  const [first, second] = [0, 1].map((i) => Math.max(...rows.map((row) => String(row[i]).length))) as [number, number]
  return rows
    .map(([name, count, more]) => `  ${name.padEnd(first)}  ${String(count).padStart(second)}  ${more}`.trimEnd())
    .join('\n')
}

/** Returns the problems, each with its id. */
export function problemsOf(report: Report): string[] {
  const { verdict } = report
  const named = (what: string, list: string[]) => list.map((each) => `${what}: ${each}`)
  return [
    ...named('double charge', verdict.double),
    ...named('lost', verdict.lost),
    ...named('not completed but charged', verdict.unreturned),
    ...named('method missing', verdict.methodGone),
    ...named('stuck', verdict.stuck),
    ...named('waiting for an operator', verdict.waitingForPerson),
    ...named('undelivered', verdict.undelivered),
    ...named('out of order', verdict.misordered),
    ...named('wrong', [...verdict.wrong, ...otherProblems(report)]),
  ]
}
