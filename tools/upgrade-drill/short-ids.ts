import type { Build } from './builds.ts'
import type { Drill } from './drill.ts'
import { situations, waitFor, type Person } from './people.ts'
import { replace, type Programs } from './rolling.ts'

const rollback = { ALLOW_NEWER_SCHEMA: 'true' }
const pays = ({ situation }: Person) => situation.startsWith('pays')
const even = (people: Person[]) => people.filter((_, i) => i % 2 === 0)

/**
 * Live runs get short workflow ids while customers pay. Then the old build comes back, once without moving the runs
 * back before and once with it. Returns the programs of the new build, which run.
 */
export async function changeIdsAndBack(drill: Drill, running: Programs, old: Build, now: Build): Promise<Programs> {
  const { stack, open, finish } = drill
  const { say } = stack
  const first = await replace(drill, running, now)
  const begunLong = await open(situations)
  await startShortIds(drill, now, begunLong.filter(pays))
  await expectIds(drill, true)
  const begunShort = await open(situations)
  await finish(even(begunLong))

  say(`back to ${old.name} without moving the runs back`)
  const forgotten = await replace(drill, first, old, rollback)
  await finish([...even(begunShort), ...(await open(['pays', 'pays by wallet']))])
  say('and in again')
  const again = await replace(drill, forgotten, now)
  await finish([...begunLong, ...begunShort])
  await drill.expectRight('short ids, with a rollback that forgot them')
  await expectNoneOpen(drill, now)

  const others = await open(situations)
  const long = await stack.admin(now, ['restart-runs', '--workflow-ids', 'long', '--rate', '20', '--json'])
  drill.expect(long.code === 0, `restart-runs --workflow-ids long: ${long.output.trim()}`)
  await expectIds(drill, false)
  const back = await replace(drill, again, old, rollback)
  await finish(even(others))
  const last = await replace(drill, back, now)
  await finish(others)
  await drill.expectRight('long ids again, and a rollback')
  await expectNoneOpen(drill, now)
  await drill.expectNoFailedTasks('with both ids')
  return last
}

/** Refused until Temporal has forgotten the worker of the old build, after 5 minutes. */
async function startShortIds({ stack, expect }: Drill, now: Build, paying: Person[]): Promise<void> {
  const change = () => stack.admin(now, ['restart-runs', '--workflow-ids', 'short', '--rate', '20', '--json'])
  const early = await change()
  if (early.code !== 0) stack.say(`refused: ${early.output.trim()}`)
  const payments = Promise.all(paying.map((person) => person.pay()))
  let last = early
  if (early.code !== 0)
    await waitFor('short ids are accepted', async () => (last = await change()).code === 0, 2 * 240_000)
  await payments
  expect(last.code === 0, `restart-runs --workflow-ids short: ${last.output.trim()}`)
  const repeated = JSON.parse((await change()).output) as { restarted: number }
  expect(repeated.restarted === 0, 'repeated, it restarts none')
}

async function expectIds({ stack, expect }: Drill, areShort: boolean): Promise<void> {
  const [row] = await stack.database<{ live: number; wanted: number }[]>`
    select count(*)::integer as live, count(*) filter (where has_short_workflow_id = ${areShort})::integer as wanted
    from onboardings where ended_at is null`
  expect(row!.live === row!.wanted, `${row!.live} live onboardings, all with ${areShort ? 'short' : 'long'} ids`)
}

/** A second run of an onboarding sleeps until it is woken. */
async function expectNoneOpen({ stack, expect }: Drill, now: Build): Promise<void> {
  const count = async () => {
    const query = 'ExecutionStatus = "Running" AND WorkflowType IN ("onboarding", "replacePaymentMethod")'
    return (await stack.client.workflow.count(query)).count
  }
  const before = await count()
  await stack.admin(now, ['wake-all', '--rate', '100', '--json'])
  await waitFor('no run is open', async () => (await count()) === 0).catch(() => {})
  expect((await count()) === 0, `no run is left open (${before} before they were woken)`)
}
