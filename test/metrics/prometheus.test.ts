import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { metricsWithRecord } from '../../metrics/record.ts'
import { measureProcess, registry } from '../../metrics/registry.ts'
import { serveMetrics } from '../../runtime/http/metrics-server.ts'
import { readRecordState } from '../../store/measures/record-state.ts'
import { temporaryFolder } from '../../tools/local/folders.ts'
import { freePort } from '../../tools/local/ports.ts'
import { startProgram, type StartedProgram } from '../../tools/local/processes.ts'
import { expressions, rules } from '../support/metrics/monitoring.ts'
import { until } from '../support/until.ts'
import { WorkerProcess } from '../support/world/worker-process.ts'
import { createWorld, type World } from '../support/world/world.ts'

const program = [process.env['PROMETHEUS'], '/usr/bin/prometheus', '/usr/local/bin/prometheus'].find(
  (file) => file && existsSync(file),
)
const why = program ? '' : ' (skipped: no prometheus at PROMETHEUS or in /usr/bin)'

let world: World
let worker: WorkerProcess
let prometheus: StartedProgram
let url: string
const closers: (() => unknown)[] = []

/** Starts Prometheus, which scrapes the API in this process and the worker every second, with our rules. */
async function startPrometheus(targets: Record<string, number>): Promise<void> {
  const folder = temporaryFolder('prometheus')
  closers.push(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [fileURLToPath(new URL('../../deploy/monitoring/rules.yml', import.meta.url))],
    scrape_configs: Object.entries(targets).map(([name, of]) => ({
      job_name: `billing-onboarding-${name}`,
      static_configs: [{ targets: [`127.0.0.1:${of}`] }],
    })),
  }
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config))
  const args = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`]
  prometheus = startProgram(program!, [...args, `--web.listen-address=127.0.0.1:${port}`], {
    logFile: join(folder, 'prometheus.log'),
  })
  await until(() =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
}

beforeAll(async () => {
  if (!program) return
  world = await createWorld({ worker: false })
  const [api, ofWorker] = [await freePort(), await freePort()]
  worker = new WorkerProcess(world, { METRICS_PORT: String(ofWorker) })
  await worker.start()
  const metrics = metricsWithRecord(() => readRecordState(world.sql))
  const health = () => ({ isHealthy: true })
  if (!registry.getSingleMetric('process_cpu_seconds_total')) measureProcess()
  closers.push(await serveMetrics({ host: '127.0.0.1', port: api, metrics, contentType: registry.contentType, health }))
  await startPrometheus({ api, worker: ofWorker })
})
afterAll(async () => {
  if (!program) return
  await prometheus?.process.stop()
  for (const close of closers) await close()
  await worker.kill()
  await world.close()
})

async function ask(path: string, query: Record<string, string> = {}) {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(query)}`)
  return (await response.json()) as { status: string; error?: string; data: { result: unknown[]; groups: Group[] } }
}
interface Group {
  rules: { name: string; state: string; health: string; lastError?: string }[]
}

/** Of what does not happen to these customers: nothing fails, and nobody has webhooks. */
const notSeen = ['status=~', 'blocked_on="(operator|gateway)"', 'unknown[|]', 'refund_pending', 'refused', 'dead']
const notSeenEither = ['failed', 'failures', 'starter', 'webhook', 'checked']
const nothingHappened = new RegExp([...notSeen, ...notSeenEither].join('|'))

test.skipIf(!program)(`Prometheus answers every query of the dashboards and rules${why}`, async () => {
  for (const card of ['4000000000000002', undefined]) {
    const { bc, page } = await world.openSetup()
    await page.submitCard(card)
    if (!card) expect(await world.ended(bc)).toBe('completed')
    else await expect.poll(async () => (await page.progress()).body.steps[1].message).toContain('declined')
  }
  const answers = (expr: string) =>
    ask('query', { query: expr.replaceAll('$environment', 'sandbox').replaceAll('$__rate_interval', '1m') })
  const listFailed = async () => {
    const failed: string[] = []
    for (const { where, expr } of expressions) {
      const { status, error, data } = await answers(expr)
      if (status !== 'success') failed.push(`${where}: ${error}`)
      // A rule returns something only if it fires.
      else if (where.includes('.json') && data.result.length === 0 && !nothingHappened.test(expr))
        failed.push(`${where}: no series for ${expr}`)
    }
    return failed
  }
  // Rates need two scrapes with the change between them.
  await expect.poll(listFailed).toEqual([])
})

test.skipIf(!program)(`Prometheus evaluates every rule, and none fires for a healthy stack${why}`, async () => {
  const evaluated = await until(
    async () => (await ask('rules')).data.groups.flatMap((group) => group.rules),
    (all) => all.length === rules.length && all.every(({ health }) => health === 'ok'),
  )
  expect(evaluated.filter(({ state }) => state === 'firing').map(({ name }) => name)).toEqual([])
  await worker.kill()
  // NoWorker waits for three minutes before it fires.
  await until(
    async () => (await ask('rules')).data.groups.flatMap((group) => group.rules),
    (all) => all.some(({ name, state }) => name === 'ProcessIsDown' && state === 'pending'),
  )
})
