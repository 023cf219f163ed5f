import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../tools/local/ports.ts'
import { scrape, sumOf } from '../support/metrics/scrape.ts'
import { incompatibleBundle } from '../support/worker/versions.ts'
import { WorkerProcess } from '../support/world/worker-process.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
let incompatible: WorkerProcess
let metricsUrl: string
let removeBundle: () => void
beforeAll(async () => {
  world = await createWorld()
  const built = await incompatibleBundle()
  removeBundle = built.remove
  const port = await freePort()
  metricsUrl = `http://127.0.0.1:${port}/metrics`
  incompatible = new WorkerProcess(world, { WORKFLOW_BUNDLE: built.bundle, METRICS_PORT: String(port) })
})
afterAll(async () => {
  await incompatible.kill()
  await world.close()
  removeBundle()
})

test('the log of a build that cannot replay a run names its workflow, type, code and cause, and no words', async () => {
  const { bc, contact, page } = await world.openSetup()
  await expect.poll(async () => (await page.progress()).body.blocked_on).toBe('customer')
  const [run] = await world.runsOf(bc)
  await world.stopWorker()
  await incompatible.start()
  await page.submitCard()
  const logged = () =>
    incompatible.lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ cause }) => cause)
  await expect.poll(() => logged().length).toBeGreaterThan(0)
  const { org_id: organization } = world.seeds
  const [, customer] = run!.handle.workflowId.split('/')
  expect(logged()[0]).toMatchObject({
    level: 'error',
    workflow: run!.handle.workflowId,
    workflow_type: 'onboarding',
    code: 'TMPRL1100',
    cause: 'NonDeterministicError',
    organization,
    environment: 'sandbox',
    customer,
    run: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(incompatible.lines.join()).not.toContain(contact)
  // What the alert WorkflowTasksFail looks at.
  const failed = () => scrape(metricsUrl)
  const name = 'temporal_workflow_task_execution_failed_total'
  await expect.poll(async () => sumOf(await failed(), name, { workflow_type: 'onboarding' })).toBeGreaterThan(0)
  // The build with which the run began goes on with it.
  await incompatible.kill()
  await world.startWorker()
  expect(await world.ended(bc)).toBe('completed')
})
