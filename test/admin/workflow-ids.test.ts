import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { changeWorkflowIds } from '../../admin/upgrades/change-workflow-ids.ts'
import { findRun } from '../../store/onboardings/wake.ts'
import { changeWorkflowId, setWorkflowIds } from '../../store/onboardings/workflow-ids.ts'
import { bundleProgram } from '../../tools/scripts/bundle-program.ts'
import { rejectPayments } from '../support/payments/reject-payments.ts'
import { untilBankAsks } from '../support/until-bank-asks.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// Moves live runs between long workflow ids, as version 0.2.0 began them, and short ones. `MOVED_RUNS=whole` moves 50.

let world: World
let program: string
beforeAll(async () => {
  program = await bundleProgram('admin/main.ts')
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

function admin(args: string[], { killedWhen, env = {} }: { killedWhen?: () => Promise<boolean>; env?: object } = {}) {
  const { databaseUrl: DATABASE_URL, taskQueue: TASK_QUEUE } = world
  const variables = { ...process.env, DATABASE_URL, TEMPORAL_ADDRESS: inject('temporalAddress'), TASK_QUEUE, ...env }
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = execFile(process.execPath, [program, ...args, '--json'], { env: variables }, (_, out, wrong) =>
      resolve({ code: child.exitCode, output: out + wrong }),
    )
    if (killedWhen) void until(killedWhen).finally(() => child.kill('SIGKILL'))
  })
}
const restart = (ids: string, rate = '100') => ['restart-runs', '--workflow-ids', ids, '--rate', rate]

const idOf = async (bc: string, kind: 'onboarding' | 'replacement' = 'onboarding') =>
  (await world.billingCustomer(bc))[kind].workflow_id as string
const shortId = /^(onboarding|replacement)\/cus_\w+$/
const longId = /^(onboarding|replacement)\/sandbox\/org_\w+\/cus_\w+$/
const openRuns = async () => {
  const found: string[] = []
  const query = `TaskQueue = '${world.taskQueue}' AND ExecutionStatus = 'Running'`
  for await (const { workflowId } of world.client.workflow.list({ query })) found.push(workflowId)
  return found
}
const blockedOn = (bc: string, on: string) =>
  until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === on)

/** How each onboarding of a test comes into its situation, and how it then completes. */
const situations = {
  async waits() {
    const { bc, page } = await world.openSetup()
    await blockedOn(bc, 'customer')
    return { bc, finish: () => page.submitCard() }
  },
  async declined() {
    const { bc, page } = await world.openSetup()
    await page.submitCard('4000000000000002')
    await until(async () => (await world.billingCustomer(bc)).onboarding.last_error !== null)
    return { bc, finish: () => page.submitCard() }
  },
  async atTheBank() {
    const { bc, page } = await world.openSetup()
    await page.submitCard('4000002760003184')
    const intent = await untilBankAsks(world, page)
    const finish = async () => {
      await world.simulate('authenticate', { payment_intent: intent, outcome: 'succeed' })
      await page.actionCompleted()
    }
    return { bc, finish }
  },
  async needsAnOperator() {
    const { bc, page } = await world.openSetup()
    const repair = await rejectPayments(world, (await world.billingCustomer(bc)).onboarding.id)
    await page.submitCard()
    await blockedOn(bc, 'operator')
    return { bc, finish: repair }
  },
  async pays() {
    const { bc, page } = await world.openSetup()
    const bank = await world.hold('/v1/payment_intents/*/confirm')
    await page.submitCard()
    await bank.reached()
    return { bc, finish: () => bank.release() }
  },
  async replaces() {
    const { bc, page } = await world.openSetup()
    await page.submitCard()
    await world.ended(bc)
    const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, {})
    await until(async () => (await world.runStatus(await idOf(bc, 'replacement')).catch(() => '')) === 'RUNNING')
    const finish = async () => {
      const free = { amount: 0, currency: 'USD' }
      await world.pageOf(body.replacement.setup_url).submitCard('5555555555554444', free)
      await until(async () => (await world.billingCustomer(bc)).replacement.status === 'completed')
    }
    return { bc, finish }
  },
}
type Situation = keyof typeof situations

const times = (count: number, situation: Situation) => Array.from({ length: count }, () => situation)

const whole = process.env.MOVED_RUNS === 'whole'
const [share, kills, rate] = whole ? [4, [8, 25], '20'] : [1, [3, 7], '4']
const size = 12 * share + 2

test(`${size} live runs in every state get short ids, through kills in between; each is charged once`, async () => {
  await setWorkflowIds(world.sql, false)
  // The held payment is last: every payment after it would be held.
  const first = [
    ...times(7 * share, 'waits'),
    ...times(2 * share, 'declined'),
    ...times(2 * share, 'atTheBank'),
    ...times(share, 'replaces'),
  ]
  const people = await Promise.all(first.map((situation) => situations[situation]()))
  people.push(await situations.needsAnOperator(), await situations.pays())
  expect(people).toHaveLength(size)
  expect(await idOf(people[0]!.bc)).toMatch(longId)

  const moved = async () => {
    const [row] = await world.sql<[{ count: number }]>`
      select count(*)::integer as count from onboardings where has_short_workflow_id and ended_at is null`
    return row.count
  }
  for (const enough of kills) {
    const { code } = await admin(restart('short', rate), { killedWhen: async () => (await moved()) >= enough })
    expect(code).toBeNull()
    expect(await moved()).toBeLessThan(size)
  }
  const { taskQueue } = world
  const toShort = () => changeWorkflowIds(world.sql, world.client, { taskQueue, areShort: true, rate: 100 })
  await toShort()
  expect(await moved()).toBe(size)
  await until(openRuns, (ids) => ids.every((id) => !longId.test(id)))
  expect(await toShort()).toEqual({ restarted: 0, ended: 0 })

  for (const { finish } of people.toReversed()) await finish()
  for (const { bc } of people) {
    expect(await world.ended(bc)).toBe('completed')
    expect((await world.ledger(bc)).charges).toMatchObject([{ refunded_amount: 0 }])
  }
  // Also those of before the move are part of the evidence.
  const { body } = await world.asNative('GET', `/v1/billing_customers/${people[0]!.bc}/evidence`)
  const ids = body.histories.map((run: { workflow_id: string }) => run.workflow_id) as string[]
  expect(ids).toContainEqual(expect.stringMatching(longId))
  expect(ids).toContainEqual(expect.stringMatching(shortId))
})

test('a run that was not terminated, because the command was killed, gives way and changes nothing', async () => {
  await setWorkflowIds(world.sql, false)
  const [woken, left] = [await situations.waits(), await situations.waits()]
  await setWorkflowIds(world.sql, true)
  const idsOf = async ({ bc }: typeof woken) => {
    const { id } = (await world.billingCustomer(bc)).onboarding
    const long = await idOf(bc)
    await changeWorkflowId(world.sql, (await findRun(world.sql, id))!, true)
    const short = await idOf(bc)
    await until(async () => (await world.runStatus(short).catch(() => '')) === 'RUNNING')
    return { long, short }
  }
  const [first, second] = [await idsOf(woken), await idsOf(left)]
  // An operator's command to the earlier run takes effect in the other one.
  const earlier = world.client.workflow.getHandle(first.long)
  await earlier.executeUpdate('extend', { args: [{ seconds: 3600 }] })
  expect(await earlier.result()).toEqual({ result: 'superseded' })
  expect(await world.runStatus(first.short)).toBe('RUNNING')

  await until(openRuns, (ids) => ids.includes(second.long) && ids.includes(second.short))
  const { taskQueue } = world
  const options = { taskQueue, areShort: true, rate: 100 }
  expect(await changeWorkflowIds(world.sql, world.client, options)).toEqual({ restarted: 0, ended: 1 })
  expect(await world.runStatus(second.long)).toBe('TERMINATED')
  for (const { bc, finish } of [woken, left]) {
    await finish()
    expect(await world.ended(bc)).toBe('completed')
    expect((await world.ledger(bc)).charges).toHaveLength(1)
  }
})

test('runs move back to long ids before a rollback, and a lost one is started again under its id', async () => {
  await setWorkflowIds(world.sql, true)
  const people = [await situations.waits(), await situations.waits()]
  for (const { bc } of people) expect(await idOf(bc)).toMatch(shortId)
  const { taskQueue } = world
  await changeWorkflowIds(world.sql, world.client, { taskQueue, areShort: false, rate: 100 })
  const long = await idOf(people[0]!.bc)
  expect(long).toMatch(longId)
  await until(async () => (await world.runStatus(long).catch(() => '')) === 'RUNNING')
  expect(await idOf((await world.openSetup()).bc)).toMatch(longId)
  const { runId } = await world.client.workflow.getHandle(long).describe()
  await world.client.workflow.getHandle(long).terminate('test')
  await until(async () => (await world.client.workflow.getHandle(long).describe()).runId !== runId)
  for (const { bc, finish } of people) {
    await finish()
    expect(await world.ended(bc)).toBe('completed')
    expect((await world.ledger(bc)).charges).toHaveLength(1)
  }
})

test('short ids are refused while a worker of version 0.2.0 polls, and beside other choices of runs', async () => {
  const { namespace } = world.client.options
  const poll = { namespace, taskQueue: { name: 'with-an-earlier-worker' }, identity: '4711@old' }
  const { client } = world
  const { workflowService } = client
  client.withDeadline(Date.now() + 20_000, () => workflowService.pollWorkflowTaskQueue(poll)).catch(() => {})
  await until(async () => {
    const { pollers } = await workflowService.describeTaskQueue({ ...poll, taskQueueType: 1 })
    return pollers?.some(({ identity }) => identity === poll.identity) ?? false
  })
  const { output } = await admin(restart('short'), { env: { TASK_QUEUE: 'with-an-earlier-worker' } })
  expect(output).toBe(
    '--workflow-ids: the worker 4711@old of version 0.2.0 or earlier polled the task queue with-an-earlier-worker in ' +
      'the last 5 minutes, and does not know short workflow ids: replace it, wait 5 minutes, and repeat the command\n',
  )
  const both = await admin([...restart('short'), '--only', 'all'])
  expect(both).toEqual({
    code: 1,
    output: '--workflow-ids: must not be combined with --only or --started-before\n',
  })
})
