import { setTimeout as sleep } from 'node:timers/promises'
import type { BulkReference } from '../../domain/bulk/bulk.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { createPace, failsOften, startOf, startsPerSecond } from '../../domain/bulk/pace.ts'
import { offeredGateways } from '../../payments/customers/offered-gateways.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { readBulk, type Bulk } from '../../store/bulk/bulks.ts'
import { failRow, onboardRow, type RowOutcome } from '../../store/bulk/onboard-row.ts'
import type { RowContext } from '../../store/bulk/row-context.ts'
import { listReady, readCounts, readRecentCodes, type ReadyRow } from '../../store/bulk/rows.ts'
import { skipReadyRows } from '../../store/bulk/skip-rows.ts'
import { pauseForFailures } from '../../store/bulk/transitions.ts'
import { isDatabaseUnavailable } from '../../store/database/database.ts'
import { findOrganization } from '../../store/tenants/organizations.ts'
import { readSettings } from '../../store/tenants/settings.ts'
import { inActivity } from '../guard/own-run.ts'
import { verifyRow } from './check-existing-ids.ts'

/** Milliseconds for which one step onboards rows. Each step adds about six events to the history of the run. */
const pageTime = 60_000
const heartbeatInterval = 2_000
/** Milliseconds after which the pace and the status are read again. */
const readAgainAfter = 1_000
/** Rows that are onboarded concurrently. */
const lanes = 4
const batch = 500

/**
 * Onboards ready rows at the pace of the bulk onboarding until a minute has passed, none is left, or it is paused or
 * canceled. Each row and its result are one transaction, so the step can be repeated, killed, or run twice
 * concurrently. If the bulk onboarding is canceled, marks the remaining rows as skipped.
 */
export const onboardRows =
  (d: ActivityDependencies) =>
  async ({ bulkId }: BulkReference): Promise<{ done: number; failed: number }> => {
    const { database } = d
    const bulk = await readBulk(database, bulkId)
    const counts = { done: 0, failed: 0, not_ready: 0 }
    if (bulk?.status === 'canceled') await skipReadyRows(database, bulkId)
    if (bulk?.status !== 'running') return { done: 0, failed: 0 }
    const current = await currentBulk(d, bulk)
    const queue = readyRows(d, bulkId)
    const pace = createPace(() => performance.now())
    const stop = stopper()
    const work = async () => {
      while (!stop.isDue() && (await current.isRunning())) {
        const row = await queue.next()
        if (row === undefined) return
        await sleep(pace(current.context().bulk.rowsPerSecond))
        const outcome = await onboard(d, current.context(), row)
        counts[outcome]++
        if (outcome === 'failed') await pauseIfOften(d, current.context().bulk)
      }
    }
    try {
      await Promise.all(Array.from({ length: lanes }, work))
    } finally {
      stop.end()
    }
    return { done: counts.done, failed: counts.failed }
  }

/** Decides when the step ends: after a minute, at the shutdown of the worker, or as soon as a lane fails. */
function stopper() {
  const context = inActivity()
  const ends = performance.now() + pageTime
  const heartbeat = setInterval(() => context?.heartbeat(), heartbeatInterval)
  let ended = false
  return {
    isDue: () => ended || performance.now() > ends || context?.cancellationSignal.aborted === true,
    end() {
      ended = true
      clearInterval(heartbeat)
    },
  }
}

/**
 * The current values for each row: the pace and the plan can change, and an operator can pause, while the step runs.
 */
async function currentBulk({ database, gateways, settingDefaults }: ActivityDependencies, first: Bulk) {
  const [settings, organization, { total }] = await Promise.all([
    readSettings(database, settingDefaults, first),
    findOrganization(database, first.organizationId),
    readCounts(database, first.bulkId),
  ])
  const offered = offeredGateways(gateways, { ...first, settings })
  let read = performance.now()
  let context = contextOf(first)
  function contextOf(bulk: Bulk): RowContext {
    const starts = startsPerSecond(bulk.startsPerSecond, total, settings.reminders[0])
    const plan = { startsFrom: bulk.startsFrom!, startsFromRow: bulk.startsFromRow! }
    const { currency } = organization!
    return { bulk, settings, offered, currency, startOf: (row) => startOf(plan, row, starts) }
  }
  return {
    context: () => context,
    async isRunning(): Promise<boolean> {
      if (performance.now() - read < readAgainAfter) return context.bulk.status === 'running'
      read = performance.now()
      context = contextOf((await readBulk(database, first.bulkId)) ?? { ...context.bulk, status: 'canceled' })
      return context.bulk.status === 'running'
    },
  }
}

/** Returns the ready rows, each once, in the order of the file. */
function readyRows({ database }: ActivityDependencies, bulkId: string) {
  let rows: ReadyRow[] = []
  let last = 0
  let isLast = false
  let reading: Promise<void> | undefined
  const read = async () => {
    rows = await listReady(database, bulkId, last, batch)
    last = rows.at(-1)?.number ?? last
    isLast = rows.length < batch
  }
  return {
    async next(): Promise<ReadyRow | undefined> {
      while (rows.length === 0 && !isLast) await (reading ??= read().finally(() => (reading = undefined)))
      return rows.shift()
    },
  }
}

async function onboard(d: ActivityDependencies, context: RowContext, row: ReadyRow): Promise<RowOutcome> {
  const { database } = d
  const { number } = row
  const { bulkId } = context.bulk
  try {
    const { error, methodIsSaved } = await verifyRow(d, context, row)
    if (error) return await failRow(database, bulkId, number, [error])
    return await onboardRow(database, { ...context, methodIsSaved }, number)
  } catch (error) {
    if (isDatabaseUnavailable(error) || isGatewayError(error)) throw error
    // A bug must not block all later rows. Its message can contain personal data.
    inActivity()?.log.error('a row failed', { error: error instanceof Error ? error.name : 'error', row: number })
    const message = 'an internal error occurred; retry the failed rows, or ask an operator'
    return failRow(database, bulkId, number, [{ code: 'internal', message }])
  }
}

async function pauseIfOften({ database }: ActivityDependencies, { bulkId, failuresSince }: Bulk): Promise<void> {
  if (failsOften(await readRecentCodes(database, bulkId, failuresSince!))) await pauseForFailures(database, bulkId)
}
