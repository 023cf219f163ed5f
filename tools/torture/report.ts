import { openControl, makeShape } from './control.ts'
import { makePlan } from './plan.ts'
import { executePlan, makeResult, type RunResult } from './run.ts'

export interface Report {
  runs: number
  faults: Record<string, number>
  outcomes: Record<string, number>
  /** The runs with problems. */
  wrong: { run: number; what: string[] }[]
}

interface TortureOptions {
  url: string
  seed: number
  runs: readonly number[]
  /** Number of concurrent runs. */
  lanes: number
  say?(line: string): void
}

/** Executes the runs of a seed against PostgreSQL at `url`. */
export async function torture({ url, seed, runs, lanes, say = () => {} }: TortureOptions): Promise<Report> {
  const control = await openControl(url)
  const report: Report = { runs: 0, faults: {}, outcomes: {}, wrong: [] }
  const active = new Set<RunResult>()
  const onUncaught = (error: unknown) => {
    const text = String((error as Error)?.stack ?? error)
      .split('\n')
      .slice(0, 3)
      .join(' ')
    for (const { wrong } of active) wrong.push(`uncaught error (of this run or a concurrent one): ${text}`)
  }
  process.on('uncaughtException', onUncaught).on('unhandledRejection', onUncaught)
  const left = runs.values()
  async function work(_: unknown, lane: number): Promise<void> {
    const shape = `shape_${lane}`
    await makeShape(control, shape)
    for (const run of left) {
      const plan = makePlan(seed, run)
      const result = makeResult(plan)
      active.add(result)
      await executePlan(plan, { url, control, shape, result })
      active.delete(result)
      add(report, result)
      if (result.wrong.length > 0) say(`run ${run}: ${result.wrong.slice(0, 3).join('\n    ')}`)
      if (report.runs % 500 === 0) say(`${report.runs} runs, ${report.wrong.length} with problems`)
    }
  }
  await Promise.all(Array.from({ length: lanes }, work))
  process.off('uncaughtException', onUncaught).off('unhandledRejection', onUncaught)
  await control.sql.end({ timeout: 5 })
  return report
}

function add(report: Report, { plan, wrong, faults, outcomes }: RunResult): void {
  report.runs++
  for (const [kind, count] of faults) report.faults[kind] = (report.faults[kind] ?? 0) + count
  for (const [outcome, count] of outcomes) report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + count
  if (wrong.length > 0) report.wrong.push({ run: plan.run, what: wrong })
}
