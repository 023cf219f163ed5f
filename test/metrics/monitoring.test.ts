import { afterAll, beforeAll, expect, test } from 'vitest'
import { registry } from '../../metrics/registry.ts'
import { freePort } from '../../tools/local/ports.ts'
import { expressions, metricsIn } from '../support/metrics/monitoring.ts'
import { WorkerProcess } from '../support/world/worker-process.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
let worker: WorkerProcess
let metricsUrl: string
beforeAll(async () => {
  world = await createWorld({ worker: false })
  const port = await freePort()
  metricsUrl = `http://127.0.0.1:${port}/metrics`
  worker = new WorkerProcess(world, { METRICS_PORT: String(port) })
  await worker.start()
})
afterAll(async () => {
  await worker.kill()
  await world.close()
})

/** Of Prometheus itself; and what exists only once something fails (test/worker/failed-tasks.test.ts). */
const elsewhere = ['up', 'temporal_workflow_task_execution_failed_total']

test('every metric that rules and dashboards name exists in a running stack', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  const existing = async () => {
    const texts = [await (await fetch(metricsUrl)).text(), await registry.metrics()]
    return new Set(texts.flatMap((text) => [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name!)))
  }
  const missing = async () => {
    const names = await existing()
    return expressions.flatMap(({ where, expr }) =>
      metricsIn(expr)
        .filter((name) => !names.has(name) && !elsewhere.includes(name))
        .map((name) => `${where}: ${name}`),
    )
  }
  // The run closes, and counts as completed, after its onboarding has ended in the record.
  await expect.poll(missing).toEqual([])
  expect([...(await existing())].filter((name) => name.startsWith('temporal_')).length).toBeGreaterThan(10)
})
