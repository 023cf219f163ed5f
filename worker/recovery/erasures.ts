import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import { eraseAtGateways } from '../../payments/customers/erase-at-gateways.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { claimDueErasures, finishErasure, planErasures, type DueErasure } from '../../store/erasure/due-erasures.ts'
import { eraseRecords } from '../../store/erasure/erase-records.ts'
import { repeatEvery } from '../repeat.ts'
import { deleteClosedRuns } from './closed-runs.ts'

interface Dependencies extends Pick<ActivityDependencies, 'database' | 'gateways' | 'settingDefaults'> {
  client: Client
  log: Logger
  /** Milliseconds between polls. */
  every?: number
}

/** Customers that a worker erases in one poll, one after the other: their rows are many, and nobody waits for it. */
const atOnce = 10

/**
 * Erases the personal data of deleted customers whose delay has passed: here, at the gateways and in Temporal. One that
 * fails, or whose worker dies, is erased again from the beginning.
 */
export function startErasures({ every = 5_000, ...d }: Dependencies): { stop(): Promise<void> } {
  const warn = (error: unknown) =>
    d.log.warn({ code: (error as { code?: string }).code }, 'deleted customers could not be erased; retrying')
  const eraseDue = async () => {
    await planErasures(d.database, d.settingDefaults.erasureDelay)
    for (const due of await claimDueErasures(d.database, atOnce)) await erase(d, due).catch(warn)
  }
  return repeatEvery(every, eraseDue, warn)
}

async function erase({ database, gateways, client }: Dependencies, due: DueErasure): Promise<void> {
  await eraseRecords(database, due.customerId)
  await eraseAtGateways({ database, gateways }, due)
  await deleteClosedRuns(client, due)
  await finishErasure(database, due)
}
