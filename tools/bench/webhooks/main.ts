import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { openDatabase } from '../../../store/database/database.ts'
import { startEntryPoint } from '../../local/processes.ts'
import { seed } from '../../local/seed.ts'
import { bundleProgram } from '../../scripts/bundle-program.ts'
import { deliveringEnvironment } from '../../webhooks/delivering-environment.ts'
import { received } from '../../webhooks/receiver.ts'
import { startReceivers } from '../../webhooks/start-receivers.ts'
import { createCustomers, createEndpoint, eventTimes, eventType, writeEvents } from '../../webhooks/traffic.ts'
import { numbers } from '../arguments.ts'
import { median, percentile } from '../measure.ts'
import { writeResults } from '../results.ts'
import { startBenchServers } from '../servers.ts'
import { measureDeliveries } from './deliveries.ts'
import { compareOnboardings } from './onboardings.ts'
import { measureWorkflows } from './workflow-per-delivery.ts'

// `npm run bench -- webhooks [events] [rounds]`: CPU time per delivery in its parts, beside a workflow per delivery;
// an onboarding with and without an endpoint; the time from a commit to the first try. Exits with 1 if a target is
// missed.

const [events = 10_000, rounds = 3] = numbers
const targets = { cpuPerDelivery: 1, timesCheaper: 50, onboarding: 1.05, firstTryP95: 700 }
const say = (line: string) => console.log(`  ${line}`)

const servers = await startBenchServers(say)
const database = openDatabase(servers.databaseUrl, { name: 'bench', max: 4 })
const closers: (() => Promise<unknown>)[] = [() => servers.stop(), () => database.end({ timeout: 5 })]
const { urls, arrivals } = await startReceivers((close) => closers.push(close))
const receiverUrl = urls['good 1']!
const deliverer = await startEntryPoint(
  'worker/main',
  deliveringEnvironment(servers.databaseUrl, servers.temporalAddress),
  join(servers.folder, 'worker.log'),
  undefined,
  await bundleProgram('worker/main.ts'),
)
closers.push(() => deliverer.stop())
const pids = () => ({ ...servers.pids(), deliverer: deliverer.pid })

/** Milliseconds from the commit of single events, 20 a second, until they arrive. */
async function measureFirstTries(customers: string[]): Promise<number[]> {
  const since = Date.now()
  await writeEvents(database, customers, { count: 400, rate: 20 })
  await sleep(2_000)
  const times = await eventTimes(database)
  return received((await arrivals())['good 1'] ?? []).first.flatMap(({ eventId, at }) =>
    times.get(eventId)! >= since ? [at - times.get(eventId)!] : [],
  )
}

async function measure() {
  const { org_id } = await seed({ database, settingDefaults: builtInSettings }, join(servers.folder, 'seeds.json'))
  const customers = await createCustomers(database, org_id, 200)
  const create = () => createEndpoint(database, org_id, receiverUrl, [eventType])
  const delivery = await measureDeliveries({ database, pids, customers, events, create })
  say(`a delivery: ${JSON.stringify(delivery)}`)
  const workflow = await measureWorkflows({ servers, receiverUrl, deliveries: Math.ceil(events / 10) })
  say(`a workflow for each delivery: ${JSON.stringify(workflow)}`)
  const firstTries = await measureFirstTries(customers)
  const onboardings = await compareOnboardings({ servers, deliverer: deliverer.pid, receiverUrl, rounds, say })
  return { delivery, workflow, firstTries, onboardings }
}

const { delivery, workflow, firstTries, onboardings } = await measure().finally(async () => {
  for (const close of closers.reverse()) await close()
})

const sum = (parts: object) => Object.values(parts).reduce((total: number, part: number) => total + part, 0)
const inAll = sum(delivery)
const ratio = median(onboardings.map((round) => round.withOne / round.without))
const row = {
  'CPU-ms per delivery: routing + worker + PostgreSQL': Object.values(delivery)
    .map((part) => part.toFixed(2))
    .join(' + '),
  'workflow per delivery': sum(workflow).toFixed(1),
  'times cheaper': Math.round(sum(workflow) / inAll),
  'onboarding, one endpoint / none': ratio.toFixed(3),
  'first try p50 / p95 ms': [0.5, 0.95].map((p) => percentile(firstTries, p).toFixed(0)).join(' / '),
}
console.table([row])
writeResults('webhooks', { events, rounds, targets, row, delivery, workflow, onboardings })
const missed = [
  ...(inAll > targets.cpuPerDelivery ? ['CPU per delivery'] : []),
  ...(sum(workflow) / inAll < targets.timesCheaper ? ['times cheaper'] : []),
  ...(ratio > targets.onboarding ? ['an onboarding with one endpoint'] : []),
  ...(percentile(firstTries, 0.95) > targets.firstTryP95 ? ['first try'] : []),
]
for (const name of missed) console.log(`target missed: ${name}`)
process.exit(missed.length > 0 ? 1 : 0)
