import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { bundleProgram } from '../../tools/scripts/bundle-program.ts'
import { until } from '../support/until.ts'
import { webhooksOf } from '../support/webhooks/deliveries.ts'
import { startWebhookWorker } from '../support/webhooks/worker.ts'
import { liveRunsIn } from '../support/worker/live-runs.ts'
import { incompatibleBundle } from '../support/worker/versions.ts'
import { workerOf } from '../support/world/worker.ts'
import { reconciliationScheduleOf, scheduleReconciliation } from '../../worker/schedule-reconcile.ts'
import { createWorld, type World } from '../support/world/world.ts'

// The commands for upgrades, as processes of their own, about live runs of every type.

let world: World
let live: ReturnType<typeof liveRunsIn>
let program: string
/** Workflow code that cannot replay the runs of this release. */
let incompatible: string
const closers: (() => unknown)[] = []
beforeAll(async () => {
  program = await bundleProgram('admin/main.ts')
  const built = await incompatibleBundle()
  closers.unshift(built.remove)
  incompatible = built.bundle
  world = await createWorld({ longestRetryPause: 300, paypal: true, gatewayTimeout: 20_000 })
  const hooks = webhooksOf(world)
  closers.unshift(await startWebhookWorker(world, hooks))
  live = liveRunsIn(world, hooks, (close) => closers.unshift(close))
})
afterAll(async () => {
  for (const close of closers) await close()
  await world.close()
})

interface Result {
  is_compatible: boolean
  kinds: Record<string, number>
  incompatible: { workflow: string; type: string; is_live: boolean; cause: string }[]
  restarted: number
  left: object
  woken: number
}

interface Ran {
  code: number | null
  output: string
  /** The result of a command that succeeded, or refused an upgrade. */
  result: Result
}

function admin(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const variables = {
    ...process.env,
    DATABASE_URL: world.databaseUrl,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TASK_QUEUE: world.taskQueue,
    WORKFLOW_BUNDLE: inject('bundlePath'),
    ...env,
  }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args, '--json'], { env: variables }, (_, stdout, stderr) => {
      const result = (stdout.startsWith('{') ? JSON.parse(stdout) : {}) as Ran['result']
      resolve({ code: child.exitCode, output: stdout + stderr, result })
    })
  })
}

const runIdOf = async (workflowId: string) => (await world.client.workflow.getHandle(workflowId).describe()).runId
/** Waits until Temporal's lists have these runs. */
const listed = (ids: string[]) =>
  until(async () => {
    const found: string[] = []
    const query = `TaskQueue = '${world.taskQueue}' AND ExecutionStatus = 'Running'`
    for await (const { workflowId } of world.client.workflow.list({ query })) found.push(workflowId)
    return ids.every((id) => found.includes(id))
  })

test('a build is checked against runs of every type; one that cannot continue them is refused by name', async () => {
  const runs = await live.all()
  const ids = runs.map(({ id }) => id)
  await listed(ids)
  const before = await Promise.all(ids.map(runIdOf))

  const fine = await admin(['check-upgrade'])
  expect(fine, fine.output).toMatchObject({ code: 0, result: { is_compatible: true, incompatible: [] } })
  const types = Object.keys(fine.result.kinds).map((kind) => kind.split(' ')[0])
  expect(new Set(types)).toEqual(
    new Set(['onboarding', 'replacePaymentMethod', 'money', 'bulkOnboarding', 'webhookEndpoint']),
  )

  const refused = await admin(['check-upgrade'], { WORKFLOW_BUNDLE: incompatible })
  expect(refused.code).toBe(1)
  const named = refused.result.incompatible
  for (const id of ids)
    expect(named).toContainEqual(
      expect.objectContaining({
        workflow: id,
        is_live: true,
        cause: expect.stringMatching(/^\[TMPRL1100\] Nondeterminism error: [^"]+$/),
      }),
    )
  for (const secret of world.secrets) expect(refused.output).not.toContain(secret)
  // A check changes nothing.
  expect(await Promise.all(ids.map(runIdOf))).toEqual(before)

  // All of them are restarted on a build that can continue them, in the midst of their waits.
  const all = await admin(['restart-runs', '--only', 'all', '--rate', '100'])
  expect(all.code, all.output).toBe(0)
  for (const [i, id] of ids.entries())
    await until(
      () => runIdOf(id),
      (runId) => runId !== before[i],
    )
  expect(all.result.left).toEqual({})
  for (const { end } of runs) await end()
})

test('runs that a build cannot continue are restarted on it; each pays once, and the rest is left alone', async () => {
  const stuck = await Promise.all([live.waiting(), live.waiting()])
  await world.stopWorker()
  const build = workerOf(world, world.activities, world.gateways, { bundle: incompatible })
  await build.startWorker()
  closers.unshift(() => build.stopWorker())
  const ends = stuck.map(({ end }) => end())
  await listed(stuck.map(({ id }) => id))
  const first = await admin(['restart-runs'], { WORKFLOW_BUNDLE: incompatible })
  expect(first.code, first.output).toBe(0)
  expect(first.result.restarted).toBeGreaterThanOrEqual(2)
  await Promise.all(ends)
  // Begun by this build.
  const own = await live.waiting()
  await listed([own.id])
  const runId = await runIdOf(own.id)
  const again = await admin(['restart-runs'], { WORKFLOW_BUNDLE: incompatible })
  expect(again.result, again.output).toMatchObject({ restarted: 0 })
  expect(await runIdOf(own.id)).toBe(runId)
  await own.end()
  await build.stopWorker()
  await world.startWorker()
})

test('a run that is restarted in the middle of its payment is charged once', async () => {
  const { bc, page } = await world.openSetup()
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  await page.submitCard()
  await bank.reached()
  const { workflow_id: id } = (await world.billingCustomer(bc)).onboarding
  await listed([id])
  const before = await runIdOf(id)
  expect((await admin(['restart-runs', '--only', 'all', '--rate', '100'])).code).toBe(0)
  await until(
    () => runIdOf(id),
    (runId) => runId !== before,
  )
  await bank.release()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toMatchObject([{ refunded_amount: 0 }])
})

test('a round of reconciliation is begun anew', async () => {
  const { taskQueue, client } = world
  const schedule = client.schedule.getHandle(reconciliationScheduleOf(taskQueue))
  await world.stopWorker()
  await scheduleReconciliation(client, taskQueue)
  closers.unshift(() => schedule.delete())
  await schedule.trigger()
  const rounds = "WorkflowType = 'janitor' AND ExecutionStatus"
  const [before] = await world.listed(`${rounds} = 'Running'`)
  const { code, output } = await admin(['restart-runs', '--only', 'all', '--rate', '100'])
  expect(code, output).toBe(0)
  expect(await world.listed(`${rounds} = 'Terminated'`)).toEqual([before])
  const [next] = await world.listed(`${rounds} = 'Running'`)
  expect(next).not.toBe(before)
  await world.startWorker()
  await client.workflow.getHandle(next!).result()
})

test('every live run is woken, at the pace that is asked for', async () => {
  const runs = await Promise.all([live.waiting(), live.waiting(), live.waiting()])
  await listed(runs.map(({ id }) => id))
  const lengthOf = async (id: string) => (await world.client.workflow.getHandle(id).describe()).historyLength
  const before = await Promise.all(runs.map(({ id }) => lengthOf(id)))
  const began = performance.now()
  const woken = await admin(['wake-all', '--rate', '2'])
  expect(woken.code, woken.output).toBe(0)
  expect(woken.result.woken).toBeGreaterThanOrEqual(3)
  expect(performance.now() - began).toBeGreaterThan(500 * (woken.result.woken - 1))
  for (const [i, { id }] of runs.entries())
    await until(
      () => lengthOf(id),
      (length) => length > before[i]!,
    )
  for (const { end } of runs) await end()
})

test('a Temporal that does not respond, and invalid options, are named in one line', async () => {
  const away = await admin(['wake-all'], { TEMPORAL_ADDRESS: '127.0.0.1:1' })
  expect(away.code).toBe(1)
  expect(away.output).toMatch(/^Temporal at 127\.0\.0\.1:1 \(TEMPORAL_ADDRESS\), namespace default: [^\n]+\n$/)
  const few = await admin(['check-upgrade', '--histories', '5'])
  expect(few.output).toContain('--histories: must be a whole number from 200 to 100000')
  const when = await admin(['restart-runs', '--started-before', 'yesterday'])
  expect(when.output).toContain('--started-before: must be a time such as 2026-12-01T09:30:00Z')
})

test('what is wrong is named: Temporal, its namespace, the workflow code or the database', async () => {
  const broken = join(mkdtempSync(join(tmpdir(), 'bundle-')), 'workflows.js')
  writeFileSync(broken, 'not workflow code //# sourceMappingURL=data:x')
  const server = `Temporal at ${inject('temporalAddress')} (TEMPORAL_ADDRESS), namespace `
  const wrong: [string[], NodeJS.ProcessEnv, string][] = [
    [
      ['wake-all'],
      { TEMPORAL_ADDRESS: '127.0.0.1:1' },
      'Temporal at 127.0.0.1:1 (TEMPORAL_ADDRESS), namespace default: ',
    ],
    [['wake-all'], { TEMPORAL_NAMESPACE: 'nowhere' }, `${server}nowhere: Namespace not found`],
    [['check-upgrade'], { WORKFLOW_BUNDLE: broken }, "Can't extract inlined source map"],
    [['restart-runs'], { WORKFLOW_BUNDLE: broken }, "Can't extract inlined source map"],
  ]
  await Promise.all(
    wrong.map(async ([args, env, message]) => {
      const { code, output } = await admin(args, env)
      expect([code, output.startsWith(message)], output).toEqual([1, true])
    }),
  )
  rmSync(dirname(broken), { recursive: true })
})
