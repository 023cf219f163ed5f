import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { bulkWorkflowId } from '../../../domain/bulk/bulk.ts'
import { openDatabase } from '../../../store/database/database.ts'
import { startStack } from '../../local/stack.ts'
import { bundleWorkflows } from '../../scripts/bundle-workflows.ts'
import { numbers } from '../arguments.ts'
import { cpuOf, cpuTimes, percentile } from '../measure.ts'
import { writeResults } from '../results.ts'
import { watchMemory } from './processes.ts'
import { uploadContacts, type ShownBulk } from './upload.ts'

// `npm run bench -- bulk [rows] [rows per second] [starts per second]`: uploads a file, waits until each row is done.
// Without the last number, starts are left ahead. With it, waits until each run has started. If the command is
// interrupted, the next one continues: the stack keeps its data.

const [rows = 100_000, rowsPerSecond = 100, starts] = numbers
const folder = resolve('.local/bench-bulk')
const say = (line: string) => console.log(`  ${line}`)
mkdirSync(folder, { recursive: true })
// As in production: bundled beforehand. The worker would keep the memory of the bundler.
const bundle = await bundleWorkflows(join(folder, 'workflow-bundle.js'))
const env = { ...process.env, LOG_LEVEL: 'warn', WORKFLOW_BUNDLE: bundle }
const stack = await startStack({ folder, env, say, changed: () => {}, bundled: true })
const { seeds, apiUrl } = stack
const database = openDatabase(stack.databaseUrl, { name: 'bench', max: 2 })
const connection = await Connection.connect({ address: stack.temporal.address })
const temporal = new Client({ connection, namespace: stack.temporal.namespace })
const pids = () => stack.processes() as { api: number; worker: number; temporal: number; postgres: number }
const memory = watchMemory(pids)
const call = async (path: string) => {
  const headers = { Authorization: `Bearer ${seeds.secret_key}` }
  return (await (await fetch(`${apiUrl}/v1/bulk_onboardings${path}`, { headers })).json()) as ShownBulk
}
/** CPU time of each part until now, in milliseconds. */
const cpu = () => {
  const { temporal, postgres } = cpuTimes(pids())
  return { api: cpuOf(pids().api), worker: cpuOf(pids().worker), temporal, postgres }
}
type Cpu = ReturnType<typeof cpu>
const between = (before: Cpu, after: Cpu, per: number) =>
  Object.fromEntries(
    Object.entries(after).map(([part, used]) => [part, rounded((used - before[part as keyof Cpu]) / per)]),
  )
const rounded = (value: number) => Math.round(value * 100) / 100

// The seeded organization sends reminders a day after the link: starts would be brought forward.
await database`
  insert into settings (organization_id, environment, name, value)
  values (${seeds.org_id}, 'sandbox', 'reminders_seconds', '[]') on conflict do nothing`
const [unfinished] = await database<{ id: string }[]>`
  select id from bulk_onboardings where status in ('checked', 'running', 'paused') order by id desc limit 1`
const atStart = cpu()
const staging = unfinished ? undefined : await uploadContacts(stack, { rows, rowsPerSecond, starts: starts ?? 1 })
const staged = cpu()
const id = unfinished?.id ?? staging!.id
// As far ahead as with 100,000 rows at the lowest rate: no run starts while rows are measured.
if (!unfinished && starts === undefined)
  await database`update bulk_onboardings set starts_from = now() + interval '1 day' where id = ${id}`
say(unfinished ? `continuing ${id}` : `staged ${rows} rows in ${staging!.seconds.toFixed(1)} s`)

const began = performance.now()
const first = (await call(`/${id}`)).rows.done
let shown = await call(`/${id}`)
for (let told = 0; shown.status !== 'completed';) {
  await sleep(1_000)
  shown = await call(`/${id}`)
  if (shown.status === 'paused' || shown.status === 'canceled') throw new Error(`${id} is ${shown.status}`)
  if (performance.now() - told < 30_000) continue
  told = performance.now()
  const { worker, api } = memory.most()
  say(`${shown.rows.done} of ${shown.rows.total} done, ${shown.rows.failed} failed; API ${api} MB, worker ${worker} MB`)
}
const seconds = (performance.now() - began) / 1_000
const worked = cpu()
const handle = temporal.workflow.getHandle(
  bulkWorkflowId({ environment: 'sandbox', organizationId: seeds.org_id, bulkId: id }),
)
const { historyLength } = await handle.describe()
const [{ started, ahead } = { started: 0, ahead: 0 }] = await database<{ started: number; ahead: number }[]>`
  select count(*) filter (where o.started_at is not null)::integer as started,
    count(*) filter (where o.started_at is null)::integer as ahead
  from bulk_rows r join onboardings o on o.id = r.onboarding_id where r.bulk_id = ${id}`
const [twice] = await database<{ contacts: number; rows: number; results: number }[]>`
  select count(distinct c.external_id)::integer as contacts, count(*)::integer as rows,
    count(distinct r.billing_customer_id)::integer as results
  from bulk_rows r join billing_customers b on b.id = r.billing_customer_id join customers c on c.id = b.customer_id
  where r.bulk_id = ${id}`

let startedIn: number | undefined
if (starts !== undefined) {
  for (let waiting = 1; waiting > 0; await sleep(1_000))
    [{ waiting } = { waiting: 0 }] = await database<{ waiting: number }[]>`
      select count(*)::integer as waiting from bulk_rows r join onboardings o on o.id = r.onboarding_id
      where r.bulk_id = ${id} and o.started_at is null`
  startedIn = (performance.now() - began) / 1_000
}
const results = {
  rows: shown.rows,
  rowsPerSecond,
  staging: staging && {
    seconds: rounded(staging.seconds),
    megabytes: rounded(staging.bytes / 2 ** 20),
    cpuMilliseconds: between(atStart, staged, 1),
    callMilliseconds: { p50: rounded(percentile(staging.others, 0.5)), p95: rounded(percentile(staging.others, 0.95)) },
  },
  onboarding: {
    seconds: rounded(seconds),
    rowsPerSecond: rounded((shown.rows.done - first) / seconds),
    cpuMillisecondsPerRow: between(staged, worked, shown.rows.done - first),
    eventsOfTheRun: Number(historyLength),
    runsStarted: started,
    startsLeftAhead: ahead,
  },
  ...(startedIn === undefined ? {} : { allRunsStartedAfterSeconds: rounded(startedIn) }),
  distinct: twice,
  mostMemoryMegabytes: memory.most(),
}
console.log(JSON.stringify(results, null, 2))
writeResults(starts === undefined ? 'bulk' : 'bulk-with-runs', results)
memory.stop()
await connection.close()
await database.end()
await stack.stop()
rmSync(folder, { recursive: true, force: true })
process.exit(0)
