import type { CarriedOut } from './carry-out.ts'
import type { Plan, Service } from './plan.ts'
import type { Verdict } from './verdict.ts'

export interface Report {
  plan: Pick<Plan, 'seed' | 'onboardings'>
  verdict: Verdict
  attempts: Record<string, number>
  kills: Record<Service, number>
  endedByThemselves: Record<Service, number>
  faults: CarriedOut['faults']
  /** What customers and callers met that should not be. */
  oddities: string[]
  seconds: number
}

/** Programs of ours bear it that what they need goes away; Temporal's server may end with its database. */
const diedOfThemselves = ({ endedByThemselves }: Report) =>
  (['api', 'worker'] as const)
    .filter((name) => endedByThemselves[name] > 0)
    .map((name) => `${name} ended by itself ${endedByThemselves[name]} times`)

/** Whether everything is exactly right: only then the command ends with 0. */
export const isRight = (report: Report) =>
  report.verdict.right && report.oddities.length === 0 && diedOfThemselves(report).length === 0

const listed = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0)

/** The table at the end of a run. */
export function tableOf(report: Report): string {
  const { plan, verdict, attempts, kills, endedByThemselves, faults, oddities, seconds } = report
  const rows: [string, number | string, string][] = [
    ['onboardings', plan.onboardings, `seed ${plan.seed}`],
    [
      'completed',
      verdict.ended.completed,
      `canceled ${verdict.ended.canceled}, expired ${verdict.ended.expired}, failed ${verdict.ended.failed}`,
    ],
    ['records active', verdict.records, ''],
    ['charges not returned', verdict.charges, `returned ${verdict.returned}`],
    ['enrollments', verdict.enrollments, ''],
    ['methods replaced', verdict.replaced, ''],
    ['double charges', verdict.double.length, ''],
    ['lost', verdict.lost.length, ''],
    ['undone but charged', verdict.unreturned.length, ''],
    ['methods gone', verdict.methodGone.length, ''],
    ['stuck', verdict.stuck.length, ''],
    ['waiting for a person', verdict.waitingForPerson.length, ''],
    ['wrong otherwise', verdict.wrong.length + oddities.length + diedOfThemselves(report).length, ''],
    ['payments tried', total(attempts), listed(attempts)],
    ['kills', total(kills), listed(kills)],
    ['ended by themselves', total(endedByThemselves), listed(endedByThemselves)],
    ['calls hit by faults', total(faults), listed(faults)],
    ['duration', `${Math.round(seconds)} s`, ''],
  ]
  const [first, second] = [0, 1].map((i) => Math.max(...rows.map((row) => String(row[i]).length))) as [number, number]
  return rows
    .map(([name, count, more]) => `  ${name.padEnd(first)}  ${String(count).padStart(second)}  ${more}`.trimEnd())
    .join('\n')
}

/** What is wrong, by id. */
export function problemsOf(report: Report): string[] {
  const { verdict, oddities } = report
  const named = (what: string, list: string[]) => list.map((each) => `${what}: ${each}`)
  return [
    ...named('double', verdict.double),
    ...named('lost', verdict.lost),
    ...named('undone but charged', verdict.unreturned),
    ...named('method gone', verdict.methodGone),
    ...named('stuck', verdict.stuck),
    ...named('waits for a person', verdict.waitingForPerson),
    ...named('wrong', [...verdict.wrong, ...oddities, ...diedOfThemselves(report)]),
  ]
}
