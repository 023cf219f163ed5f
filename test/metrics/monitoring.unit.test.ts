import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { measureProcess, registry } from '../../metrics/registry.ts'
import { eventTypes } from '../../domain/events/events.ts'
import { dashboards, readMonitoring, rules } from '../../tools/alert-drill/monitoring.ts'
import { expressions, labelsIn, metricsIn } from '../support/metrics/monitoring.ts'

const root = new URL('../../', import.meta.url)
for (const file of readdirSync(new URL('metrics/', root))) await import(new URL(`metrics/${file}`, root).href)
measureProcess()
const metrics = registry.getMetricsAsArray() as unknown as { name: string; labelNames: string[] }[]
const labelsOf = new Map(metrics.map(({ name, labelNames }) => [name, labelNames]))
/** Of Prometheus itself. */
const ofPrometheus = ['up']
/** Of Prometheus itself, of histograms, and of Temporal's SDK. */
const labelsOfOthers = 'job instance le activity_type operation poller_type worker_type workflow_type'.split(' ')

test('the names of metrics are found in expressions', () => {
  expect(
    metricsIn('sum by (a, le) (rate(x_total{b=~"c d|e"}[5m])) / on (g) y_seconds_bucket > 0.5 and ff offset 1h'),
  ).toEqual(['x_total', 'y_seconds', 'ff'])
})

test('the labels that an expression selects, groups and joins by are found', () => {
  expect(labelsIn('sum by (a, le) (rate(x_total{b=~"c d|e",f!="g"}[5m])) / on(h) group_left (i) y')).toEqual([
    { label: 'b', value: 'c d|e' },
    { label: 'f', value: 'g' },
    ...['a', 'le', 'h', 'i'].map((label) => ({ label })),
  ])
})

test('every rule says how bad it is, what happened, and where to read what to do', () => {
  const operations = readFileSync(new URL('docs/operations.md', root), 'utf8')
  const headings = [...operations.matchAll(/^#+ (\S+)$/gm)].map(([, heading]) => heading)
  expect(rules.length).toBeGreaterThan(15)
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  for (const { alert, labels, annotations } of rules) {
    expect(['page', 'ticket'], alert).toContain(labels.severity)
    expect(annotations.summary.length, alert).toBeGreaterThan(20)
    expect(annotations.runbook_url, alert).toBe(`docs/operations.md#${alert.toLowerCase()}`)
    expect(headings, alert).toContain(alert)
  }
})

test('every metric and label that rules and dashboards name is one that the programs have', () => {
  const unknown = expressions.flatMap(({ where, expr }) =>
    metricsIn(expr)
      .filter((name) => !labelsOf.has(name) && !ofPrometheus.includes(name) && !name.startsWith('temporal_'))
      .map((name) => `${where}: ${name}`),
  )
  expect(unknown).toEqual([])
  const labels = new Set([...[...labelsOf.values()].flat(), ...labelsOfOthers])
  const foreign = expressions.flatMap(({ where, expr }) =>
    labelsIn(expr)
      .filter(({ label }) => !labels.has(label))
      .map(({ label }) => `${where}: ${label}`),
  )
  expect(foreign).toEqual([])
  const types = expressions.flatMap(({ expr }) => labelsIn(expr)).filter(({ label }) => label === 'type')
  const compared = types.flatMap(({ value }) => value ?? [])
  expect(compared.length).toBeGreaterThan(0)
  const unwritten = compared.filter((value) => !eventTypes.some((type) => new RegExp(`^(${value})$`).test(type)))
  expect(unwritten).toEqual([])
})

test('what alerts and panels count begins with 0, or its first event would raise none', async () => {
  const text = await registry.metrics()
  expect(text).toContain('events_total{environment="live",type="webhook_endpoint.disabled"} 0')
  expect(text).toContain('gateway_events_early_total{gateway="paypal",environment="live"} 0')
  expect(text).toContain('gateway_events_refused_total{gateway="stripe",reason="other_version"} 0')
  expect(text).toContain(
    'payment_attempts_total{environment="live",gateway="paypal",outcome="declined",code="declined"} 0',
  )
  expect(text).toContain('onboarding_starter_pushes_total{outcome="failed"} 0')
  // A panel without data looks broken.
  expect(text).toContain('janitor_charges_checked_total{state="canceled"} 0')
})

test.each(dashboards)('$file can be provisioned, and asks for its data source', ({ file, board }) => {
  expect(board.uid).toBe(`billing-onboarding-${file.replace('.json', '')}`)
  expect(board).not.toHaveProperty('id')
  expect(board).not.toHaveProperty('__inputs')
  expect(board.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' })
  expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length)
  const variables = board.templating.list.map(({ name }) => `$${name}`)
  for (const { title, datasource, targets } of board.panels)
    for (const { expr, datasource: own } of targets) {
      expect([datasource.uid, own.uid], title).toEqual(['${datasource}', '${datasource}'])
      const used = [...expr.matchAll(/\$\w+/g)].map(([name]) => name).filter((name) => name !== '$__rate_interval')
      expect(
        used.filter((name) => !variables.includes(name)),
        title,
      ).toEqual([])
      // A fixed range shorter than two scrapes shows nothing.
      expect(expr, title).not.toMatch(/rate\([^[]*\[\d+[sm]\]/)
    }
})

test('docker-compose.yml runs both with the profile monitoring, with the files of this folder', () => {
  const { services } = parse(readFileSync(new URL('docker-compose.yml', root), 'utf8'), { merge: true }) as {
    services: Record<string, { profiles?: string[]; volumes?: string[]; ports?: string[]; environment?: object }>
  }
  for (const name of ['prometheus', 'grafana']) {
    const { profiles, volumes = [], ports = [] } = services[name]!
    expect(profiles).toEqual(['monitoring'])
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
    for (const volume of volumes.filter((each) => each.startsWith('.'))) {
      const [file, , mode] = volume.split(':')
      expect(existsSync(new URL(file!, root)), file).toBe(true)
      expect(mode).toBe('ro')
    }
  }
  const { scrape_configs: jobs } = parse(readMonitoring('prometheus.yml')) as {
    scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[]
  }
  for (const {
    job_name: job,
    dns_sd_configs: [where],
  } of jobs) {
    expect(job).toBe(`billing-onboarding-${where!.names[0]}`)
    expect(services[where!.names[0]!]!.environment).toMatchObject({
      METRICS_PORT: String(where!.port),
      METRICS_HOST: '0.0.0.0',
    })
  }
})

const promtool = [process.env['PROMTOOL'], '/usr/bin/promtool', '/usr/local/bin/promtool'].find(
  (file) => file && existsSync(file),
)
const why = promtool ? '' : ' (skipped: no promtool at PROMTOOL or in /usr/bin)'
test.skipIf(!promtool)(`the rules fire when they should, and not otherwise${why}`, () => {
  const cwd = fileURLToPath(new URL('deploy/monitoring/', root))
  const run = (...args: string[]) => execFileSync(promtool!, args, { cwd, encoding: 'utf8', stdio: 'pipe' })
  expect(run('check', 'rules', 'rules.yml')).toContain('SUCCESS')
  expect(run('test', 'rules', 'rules.test.yml')).toContain('SUCCESS')
})
