import { queries, withVariables } from './monitoring.ts'
import type { Prometheus } from './prometheus.ts'

interface Answer {
  result: unknown[]
}

/** Longer than two scrapes. */
const rateInterval = '15s'

/** Asks every query of the dashboards for the time of the drill. Returns which return an error or no series. */
export async function failingQueries(prometheus: Prometheus, began: Date): Promise<string[]> {
  const range = { start: began.toISOString(), end: new Date().toISOString(), step: '5' }
  const failing: string[] = []
  for (const { where, expr } of queries) {
    const query = withVariables(expr, 'sandbox', rateInterval)
    const { status, error, data } = await prometheus.ask<Answer>('query_range', { query, ...range })
    if (status !== 'success') failing.push(`${where}: ${error}`)
    else if (data!.result.length === 0) failing.push(`${where}: no series for ${query}`)
  }
  return failing
}
