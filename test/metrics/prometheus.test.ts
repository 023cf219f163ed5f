import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { metricsWithRecord } from '../../metrics/record.ts'
import { measureProcess, registry } from '../../metrics/registry.ts'
import { serveMetrics } from '../../runtime/http/metrics-server.ts'
import { readRecordState } from '../../store/measures/record-state.ts'
import { temporaryFolder } from '../../tools/local/folders.ts'
import { freePort } from '../../tools/local/ports.ts'
import { ruleFile, rules, withVariables } from '../../tools/alert-drill/monitoring.ts'
import { findPrometheus, startPrometheus, type Prometheus } from '../../tools/alert-drill/prometheus.ts'
import { expressions } from '../support/metrics/monitoring.ts'
import { until } from '../support/until.ts'
import { WorkerProcess } from '../support/world/worker-process.ts'
import { createWorld, type World } from '../support/world/world.ts'

const program = findPrometheus()
const why = program ? '' : ' (skipped: no prometheus at PROMETHEUS or in /usr/bin)'

let world: World
let worker: WorkerProcess
let prometheus: Prometheus
const closers: (() => unknown)[] = []

beforeAll(async () => {
  if (!program) return
  world = await createWorld({ worker: false })
  const [api, ofWorker] = [await freePort(), await freePort()]
  worker = new WorkerProcess(world, { METRICS_PORT: String(ofWorker) })
  await worker.start()
  const metrics = metricsWithRecord(() => readRecordState(world.sql, world.gateways.listOfInstallation()))
  const health = () => ({ isHealthy: true })
  if (!registry.getSingleMetric('process_cpu_seconds_total')) measureProcess()
  closers.push(await serveMetrics({ host: '127.0.0.1', port: api, metrics, contentType: registry.contentType, health }))
  const folder = temporaryFolder('prometheus')
  closers.push(() => rmSync(folder, { recursive: true, force: true }))
  prometheus = await startPrometheus({ program, folder, rules: ruleFile, targets: { api, worker: ofWorker } })
})
afterAll(async () => {
  if (!program) return
  await prometheus?.stop()
  for (const close of closers) await close()
  await worker.kill()
  await world.close()
})

/** Of what does not happen to these customers: nothing fails, and nobody has webhooks. */
const notSeen = ['status=~', 'blocked_on="(operator|gateway)"', 'unknown[|]', 'refund_pending', 'refused', 'dead']
const notSeenEither = ['failed', 'failures', 'starter', 'webhook', 'checked', 'compared']
const nothingHappened = new RegExp([...notSeen, ...notSeenEither].join('|'))

interface Answer {
  result: unknown[]
}

test.skipIf(!program)(`Prometheus answers every query of the dashboards and rules${why}`, async () => {
  for (const card of ['4000000000000002', undefined]) {
    const { bc, page } = await world.openSetup()
    await page.submitCard(card)
    if (!card) expect(await world.ended(bc)).toBe('completed')
    else await expect.poll(async () => (await page.progress()).body.steps[1].message).toContain('declined')
  }
  const answers = (expr: string) => prometheus.ask<Answer>('query', { query: withVariables(expr, 'sandbox', '1m') })
  const listFailed = async () => {
    const failed: string[] = []
    for (const { where, expr } of expressions) {
      const { status, error, data } = await answers(expr)
      if (status !== 'success') failed.push(`${where}: ${error}`)
      // A rule returns something only if it fires.
      else if (where.includes('.json') && data!.result.length === 0 && !nothingHappened.test(expr))
        failed.push(`${where}: no series for ${expr}`)
    }
    return failed
  }
  // Rates need two scrapes with the change between them.
  await expect.poll(listFailed).toEqual([])
})

test.skipIf(!program)(`Prometheus evaluates every rule, and none fires for a healthy stack${why}`, async () => {
  const evaluated = await until(
    () => prometheus.rules(),
    (all) => all.length === rules.length && all.every(({ health }) => health === 'ok'),
  )
  expect(evaluated.filter(({ state }) => state === 'firing').map(({ name }) => name)).toEqual([])
  await worker.kill()
  // NoWorker waits for three minutes before it fires.
  await until(
    () => prometheus.rules(),
    (all) => all.some(({ name, state }) => name === 'ProcessIsDown' && state === 'pending'),
  )
})
