import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '@temporalio/client'
import type { Logger } from 'pino'
import { isDatabaseUnavailable, type Database } from '../store/database/database.ts'
import { findApiKey } from '../store/tenants/api-keys.ts'
import { schemaState, type SchemaState } from '../store/schema/schema-state.ts'
import { missingSearchAttributes } from '../runtime/search-attributes.ts'

const timeLimit = 1_500

/** Minimum number of event loop turns before a time limit ends. */
const turns = 10

/**
 * Returns whether `work` succeeds within `limit` milliseconds. A busy event loop runs overdue timers before it reads
 * responses that have arrived. The limit therefore also counts turns of the loop, or a healthy server would seem down.
 */
export async function responds(work: Promise<unknown>, limit: number): Promise<boolean> {
  let settled = false
  const settles = work.then(
    () => true,
    () => false,
  )
  void settles.then(() => (settled = true))
  const runsOut = async () => {
    for (let turn = 0; turn < turns && !settled; turn++) await sleep(limit / turns)
    return false
  }
  return Promise.race([settles, runsOut()])
}

/**
 * Returns a check of whether PostgreSQL responds within half a second, on a dedicated pool of one connection.
 * Concurrent callers share one query.
 */
export function pulseOf(database: Database): () => Promise<boolean> {
  let asking: Promise<boolean> | undefined
  return () =>
    (asking ??= responds(database`select 1`, 500).finally(() => {
      asking = undefined
    }))
}

export interface CheckedServices {
  /** The pool that calls use. */
  database: Database
  /**
   * Checks the server (`requireUsableServer`), if that was not possible at startup. Returns whether the check was
   * possible.
   */
  checkServer?: (() => Promise<boolean>) | undefined
  connection: Connection
  namespace: string
  log: Pick<Logger, 'warn'>
}

/**
 * Returns the checks for `/readyz`. PostgreSQL is checked with the statement with which every call begins, on the same
 * pool, and for whether it accepts writes. PostgreSQL and Temporal each have 1.5 seconds. Each change is logged once.
 */
export function checkServices({ database, checkServer, connection, namespace, log }: CheckedServices): ServiceChecks {
  let isServerChecked = checkServer === undefined
  let said: string | undefined
  // Concurrent callers share one check.
  let asking: Promise<SchemaState> | undefined
  let reaching: Promise<boolean> | undefined
  let listing: Promise<string[]> | undefined

  async function ask(): Promise<SchemaState> {
    try {
      const state = await schemaState(database)
      isServerChecked ||= await checkServer!()
      if (!state.isUsable) return state
      await findApiKey(database, 'of nobody')
      const [session] = await database<{ readOnly: boolean }[]>`
        select current_setting('transaction_read_only')::boolean as read_only`
      return session!.readOnly ? { isUsable: false, message: 'PostgreSQL is read-only' } : state
    } catch (error) {
      return isDatabaseUnavailable(error) ? { isUsable: false } : { isUsable: false, message: refusal(error) }
    }
  }
  async function askInTime(): Promise<SchemaState> {
    const state = await Promise.race([ask(), sleep<SchemaState>(timeLimit, { isUsable: false }, { ref: false })])
    if (state.message && state.message !== said) log.warn({ reason: state.message }, 'the database is not ready')
    said = state.message
    return state
  }
  return {
    database: () => (asking ??= askInTime().finally(() => (asking = undefined))),
    temporal: () => (reaching ??= reachesTemporal(connection, namespace).finally(() => (reaching = undefined))),
    missingSearchAttributes: () =>
      (listing ??= missingSearchAttributes(connection, namespace, timeLimit).finally(() => (listing = undefined))),
  }
}

const reachesTemporal = (connection: Connection, namespace: string): Promise<boolean> =>
  responds(
    connection.withDeadline(Date.now() + timeLimit, () => connection.workflowService.describeNamespace({ namespace })),
    timeLimit,
  )

/** Messages of PostgreSQL can contain values of rows, so only the error code is returned. */
function refusal(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: string }
  return typeof code === 'string' ? `PostgreSQL rejects statements (${code})` : (message ?? 'unknown')
}

export interface ServiceChecks {
  /** Whether calls can be served, and a message for operators. */
  database(): Promise<{ isUsable: boolean; message?: string }>
  temporal(): Promise<boolean>
  /** Search attributes that Temporal lacks. No run can start without them. */
  missingSearchAttributes?(): Promise<string[]>
  /** Whether this process is shutting down, so that load balancers must send it no new requests. */
  isDraining?(): boolean
}
