/**
 * Counts the actions that the Temporal server has seen in our namespace, by type: what Temporal Cloud bills
 * (https://docs.temporal.io/cloud/actions). The markers of one workflow task are one action.
 */
export async function readActions(metricsUrl: string): Promise<Record<string, number>> {
  const text = await (await fetch(metricsUrl)).text()
  const counts: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const [, labels, value] = /^action(?:_total)?\{(.*)\} (\S+)$/.exec(line) ?? []
    if (labels === undefined || !labels.includes('namespace="default"')) continue
    const type = /action_type="([^"]*)"/.exec(labels)?.[1]
    if (type) counts[type] = (counts[type] ?? 0) + Number(value)
  }
  return counts
}

/** Returns what was counted between two readings, divided by `per`, and its sum. */
export function actionsBetween(before: Record<string, number>, after: Record<string, number>, per: number) {
  const rounded = (value: number) => Math.round(value * 100) / 100
  const grown = Object.entries(after)
    .map(([type, count]) => [type, (count - (before[type] ?? 0)) / per] as const)
    .filter(([, count]) => count > 0)
  const sum = grown.reduce((total, [, count]) => total + count, 0)
  return { sum: rounded(sum), byType: Object.fromEntries(grown.map(([type, count]) => [type, rounded(count)])) }
}
