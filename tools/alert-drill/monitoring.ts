import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

// The rules and dashboards of deploy/monitoring.

const folder = new URL('../../deploy/monitoring/', import.meta.url)
export const readMonitoring = (file: string): string => readFileSync(new URL(file, folder), 'utf8')

export interface Rule {
  alert: string
  expr: string
  for?: string
  labels: { severity: string }
  annotations: { summary: string; runbook_url: string }
}
export interface RuleFile {
  groups: { name: string; rules: Rule[] }[]
}
export const ruleFile = parse(readMonitoring('rules.yml')) as RuleFile
export const rules = ruleFile.groups.flatMap((group) => group.rules)

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

/** A query, and where it stands: the name of a rule, or the file and title of a panel. */
export interface Query {
  where: string
  expr: string
}

/** Every query of the dashboards. */
export const queries: Query[] = dashboards.flatMap(({ file, board }) =>
  board.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: `${file}: ${title}`, expr }))),
)

/** Replaces the variables of a dashboard's query as Grafana does. */
export const withVariables = (expr: string, environment: string, rateInterval: string): string =>
  expr.replaceAll('$environment', environment).replaceAll('$__rate_interval', rateInterval)
