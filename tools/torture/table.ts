import type { Report } from './report.ts'

/** Returns the final report: runs, faults, outcomes, and problems with the commands that repeat them. */
export function tableOf({ runs, faults, outcomes, wrong }: Report, seed: number, milliseconds: number): string {
  const counts = (of: Record<string, number>) =>
    Object.entries(of)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')
  const lines = wrong.flatMap(({ run, what }) => [
    `  npm run torture -- --seed ${seed} --run ${run}`,
    ...what.slice(0, 5).map((line) => `    ${line}`),
  ])
  const shown = lines.slice(0, 100)
  return [
    `runs      ${runs} in ${Math.round(milliseconds / 1000)} s`,
    `faults    ${counts(faults)}`,
    `outcomes  ${counts(outcomes)}`,
    `problems  ${wrong.length}`,
    ...shown,
    ...(lines.length > shown.length ? ['  …'] : []),
  ].join('\n')
}
