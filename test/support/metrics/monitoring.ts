import { queries, rules, type Query } from '../../../tools/alert-drill/monitoring.ts'

/** Every expression of the rules and dashboards. */
export const expressions: Query[] = [...rules.map(({ alert, expr }) => ({ where: alert, expr })), ...queries]

const words = new Set('and or unless on ignoring group_left group_right bool offset by without le inf nan'.split(' '))

/** Returns the names of the metrics in an expression of PromQL, of histograms without `_bucket`, `_count` or `_sum`. */
export function metricsIn(expr: string): string[] {
  const plain = expr
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ')
  const names = [...plain.matchAll(/\b[a-z_][a-z0-9_]*\b(?!\s*\()/gi)].map(([name]) => name)
  return [...new Set(names.filter((name) => !words.has(name.toLowerCase()) && name.length > 1))].map((name) =>
    name.replace(/_(bucket|count|sum)$/, ''),
  )
}

/** Returns the labels that an expression selects, with the value that it compares with, and groups or joins by. */
export function labelsIn(expr: string): { label: string; value?: string }[] {
  const selected = [...expr.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)].map(([, label, value]) => ({
    label: label!,
    value: value!,
  }))
  const lists = expr.matchAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g)
  const listed = [...lists].flatMap(([, list]) => list!.match(/\w+/g) ?? [])
  return [...selected, ...listed.map((label) => ({ label }))]
}
