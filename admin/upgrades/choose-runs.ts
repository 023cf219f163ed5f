import type { Client } from '@temporalio/client'
import { gatewayNames, stepNames } from '../../domain/lifecycle.ts'
import { bulkType, endpointType, moneyType, onboardingType, replacementType } from '../../workflows/messages.ts'
import { isOpen, listRuns, type ListedRun } from './list-runs.ts'

/** A kind of run as a query, and queries that divide it. */
interface Kind {
  query: string
  parts: string[]
}

const ofType = (type: string) => `WorkflowType = "${type}"`
const blockers = ['BlockedOn = "customer"', 'BlockedOn = "gateway"', 'BlockedOn = "operator"', 'BlockedOn IS NULL']
const gateways = gatewayNames.map((name) => `Gateway = "${name}"`)

/** Live runs: of onboardings and replacements by step, divided by whom they wait for and by gateway. */
const liveKinds: Kind[] = [
  ...[onboardingType, replacementType].flatMap((type) =>
    stepNames.map((step) => ({
      query: `${ofType(type)} AND Step = "${step}"`,
      parts: blockers.flatMap((blocker) => gateways.map((gateway) => `${blocker} AND ${gateway}`)),
    })),
  ),
  ...[moneyType, bulkType, endpointType].map((type) => ({ query: ofType(type), parts: blockers })),
]

/** Those of reconciliation are left out: a round that ended is never continued. */
const closedKinds = [onboardingType, replacementType, moneyType, bulkType, endpointType].flatMap((type) =>
  ['Completed', 'Failed', 'ContinuedAsNew'].map((status) => `${ofType(type)} AND ExecutionStatus = "${status}"`),
)

const day = 86_400_000

/**
 * Chooses `most` runs that stand for all: some live ones of every kind first, then other live ones, then some of every
 * kind that closed in the last day. Runs that are pinned to a version are left out, because no other build replays
 * them. Makes few calls: a server allows about ten lists per second.
 */
export async function chooseRuns(client: Client, taskQueue: string, most: number): Promise<ListedRun[]> {
  const chosen = new Map<string, ListedRun>()
  const choose = (runs: ListedRun[]) => {
    for (const run of runs) if (chosen.size < most && run.pinnedTo === undefined) chosen.set(run.runId, run)
  }
  const list = async (query: string, limit: number) => {
    const runs: ListedRun[] = []
    for await (const run of listRuns(client, taskQueue, query, limit)) runs.push(run)
    return runs
  }
  const share = Math.floor(most / liveKinds.length)
  for (const { query, parts } of liveKinds) {
    const newest = await list(`${isOpen} AND ${query}`, share)
    const each = Math.max(1, Math.floor(share / parts.length))
    const full = chosen.size + newest.length
    // The newest may all wait for the same.
    if (newest.length === share)
      for (const part of parts) choose(await list(`${isOpen} AND ${query} AND ${part}`, each))
    choose(newest.slice(0, Math.max(0, full - chosen.size)))
  }
  // Also of types that this build does not have.
  if (chosen.size < most) choose(await list(isOpen, most))
  const since = `CloseTime > "${new Date(Date.now() - day).toISOString()}"`
  const rest = Math.ceil((most - chosen.size) / closedKinds.length)
  for (const kind of closedKinds) if (chosen.size < most) choose(await list(`${kind} AND ${since}`, rest))
  return [...chosen.values()]
}
