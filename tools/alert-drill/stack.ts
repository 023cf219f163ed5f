import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { clientOptions } from '../../runtime/temporal.ts'
import { openDatabase, type Database } from '../../store/database/database.ts'
import { reconciliationScheduleOf } from '../../worker/schedule-reconcile.ts'
import { createCaller, type Caller } from '../chaos/acts/calls.ts'
import type { Shop } from '../chaos/acts/page.ts'
import type { Place } from '../chaos/processes/place.ts'
import { prepareDatabase, startFoundation, type Foundation, type TemporalKind } from '../chaos/servers.ts'
import { freeLowPorts } from '../local/ports.ts'
import { startEntryPoint } from '../local/processes.ts'
import { buildPage } from '../scripts/build-page.ts'
import { bundleWorkflows } from '../scripts/bundle-workflows.ts'
import { createProgram, repeat, type Program } from './program.ts'

/** The local stack, whose API and worker report metrics. */
export interface Stack extends Foundation {
  folder: string
  database: Database
  client: Client
  caller: Caller
  shop: Shop
  api: Program
  worker: Program
  /** The ports of their metrics. */
  metrics: { api: number; worker: number }
  reconciliation: Reconciliation
}

interface Reconciliation {
  pause(): void
  resume(): void
}

interface Options extends Pick<Place, 'folder' | 'say' | 'cleanup'> {
  temporal: TemporalKind
  /** Seconds between two rounds of reconciliation, and between two readings of a list of events. */
  rounds: number
  eventLists: number
}

/** Starts all servers with their first data. */
export async function startStack({ folder, temporal, say, cleanup, rounds, eventLists }: Options): Promise<Stack> {
  mkdirSync(join(folder, 'logs'))
  const place: Place = { folder, say, cleanup, logFile: (name) => join(folder, 'logs', `${name}.log`) }
  const [foundation, WORKFLOW_BUNDLE] = await Promise.all([
    startFoundation(place, temporal, (databaseUrl) => prepareDatabase(place, databaseUrl)),
    bundleWorkflows(join(folder, 'workflow-bundle.js')),
    buildPage(),
  ])
  const [api, worker] = (await freeLowPorts(2)) as [number, number]
  const program = (main: string, port: number) => {
    const made = createProgram((more) => {
      const env = { ...foundation.env, WORKFLOW_BUNDLE, METRICS_PORT: String(port), ...more }
      return startEntryPoint(`${main}/main`, env, place.logFile(main))
    })
    cleanup.push(() => made.stop())
    return made
  }
  const programs = { api: program('api', api), worker: program('worker', worker) }
  await Promise.all([programs.api.start(), programs.worker.start()])
  const connections = connect(foundation, cleanup)
  const shop = { ...foundation, publishableKey: foundation.stripeKeys.publishable, expire: async () => {} }
  const caller = createCaller(Infinity, () => {})
  const reconciliation = reconcileEvery(rounds, connections.client, cleanup)
  cleanup.push(repeat(eventLists * 1_000, () => makeEventListsDue(connections.database)))
  return { ...foundation, ...connections, ...programs, folder, caller, shop, metrics: { api, worker }, reconciliation }
}

function connect({ databaseUrl, temporalAddress }: Foundation, cleanup: Place['cleanup']) {
  const database = openDatabase(databaseUrl, { name: 'alert drill', max: 4 })
  cleanup.push(() => database.end({ timeout: 5 }))
  const connection = Connection.lazy(clientOptions({ address: temporalAddress }))
  cleanup.push(() => connection.close())
  return { database, client: new Client({ connection }) }
}

/** The schedule makes a round every two hours. Here they come sooner, as every duration of the drill. */
function reconcileEvery(seconds: number, client: Client, cleanup: Place['cleanup']): Reconciliation {
  const schedule = client.schedule.getHandle(reconciliationScheduleOf('onboarding'))
  let [paused, last] = [false, 0]
  const stop = repeat(1_000, async () => {
    if (paused || Date.now() - last < seconds * 1_000) return
    await schedule.trigger()
    last = Date.now()
  })
  cleanup.push(stop)
  return {
    pause: () => void (paused = true),
    resume: () => void ([paused, last] = [false, 0]),
  }
}

/** Lists of events are due every ten minutes. Here they are sooner, too. */
const makeEventListsDue = (database: Database) =>
  database`update gateway_lists set due_at = now() where list = 'events' and due_at > now()`
