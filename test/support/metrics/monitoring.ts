import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

const folder = new URL('../../../deploy/monitoring/', import.meta.url)
export const readMonitoring = (file: string): string => readFileSync(new URL(file, folder), 'utf8')

export interface Rule {
  alert: string
  expr: string
  for?: string
  labels: { severity: string }
  annotations: { summary: string; runbook_url: string }
}
export const rules = (parse(readMonitoring('rules.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
)

export interface Panel {
  id: number
  title: string
  datasource: { uid: string }
  targets: { expr: string; datasource: { uid: string } }[]
}
export interface Dashboard {
  id?: number
  uid: string
  title: string
  panels: Panel[]
  templating: { list: { name: string; type: string }[] }
  __inputs?: unknown
}
export const dashboards = readdirSync(new URL('dashboards/', folder)).map((file) => ({
  file,
  board: JSON.parse(readMonitoring(`dashboards/${file}`)) as Dashboard,
}))

/** Every expression of the rules and dashboards, with where it stands. */
export const expressions: { where: string; expr: string }[] = [
  ...rules.map(({ alert, expr }) => ({ where: alert, expr })),
  ...dashboards.flatMap(({ file, board }) =>
    board.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: `${file}: ${title}`, expr }))),
  ),
]

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
