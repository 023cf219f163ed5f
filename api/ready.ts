import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '@temporalio/client'
import type { Logger } from 'pino'
import { isDatabaseUnavailable, type Database } from '../store/database/database.ts'
import { findApiKey } from '../store/tenants/api-keys.ts'
import { schemaState, type SchemaState } from '../store/database/schema-state.ts'
import { missingSearchAttributes } from '../runtime/search-attributes.ts'

const patience = 1_500

/** A time limit ends after at least so many turns of the event loop. */
const turns = 10

/**
 * Returns whether `work` succeeds within `limit` milliseconds. A busy event loop runs timers that are late before it
 * reads the answers that have arrived, so the clock alone would call a healthy server dead: the limit counts turns of
 * the loop too.
 */
export async function answers(work: Promise<unknown>, limit: number): Promise<boolean> {
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
 * Asks a pool of one connection, which nobody else waits for, whether PostgreSQL answers within half a second. Many who
 * ask at once share one question.
 */
export function pulseOf(database: Database): () => Promise<boolean> {
  let asking: Promise<boolean> | undefined
  return () =>
    (asking ??= answers(database`select 1`, 500).finally(() => {
      asking = undefined
    }))
}

export interface CheckedServices {
  /** The pool that calls use. */
  database: Database
  /**
   * Looks at the server, where that could not be done at the start: `requireUsableServer`. Returns whether it could be
   * done.
   */
  checkServer?: (() => Promise<boolean>) | undefined
  connection: Connection
  namespace: string
  log: Pick<Logger, 'warn'>
}

/**
 * Checks whether calls can be served. PostgreSQL is asked as calls ask it: by the statement that each of them begins
 * with, on the same pool, and whether it takes writes. It and Temporal are each given 1.5 seconds. What changes is
 * logged once.
 */
export function checkServices({ database, checkServer, connection, namespace, log }: CheckedServices): ServiceChecks {
  let isServerChecked = checkServer === undefined
  let said: string | undefined
  // Many who ask at once share one question.
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
      return session!.readOnly ? { isUsable: false, message: 'PostgreSQL takes no writes: it is read-only' } : state
    } catch (error) {
      return isDatabaseUnavailable(error) ? { isUsable: false } : { isUsable: false, message: refusal(error) }
    }
  }
  async function askInTime(): Promise<SchemaState> {
    const state = await Promise.race([ask(), sleep<SchemaState>(patience, { isUsable: false }, { ref: false })])
    if (state.message && state.message !== said) log.warn({ reason: state.message }, 'the database is not ready')
    said = state.message
    return state
  }
  return {
    database: () => (asking ??= askInTime().finally(() => (asking = undefined))),
    temporal: () => (reaching ??= reachesTemporal(connection, namespace).finally(() => (reaching = undefined))),
    missingSearchAttributes: () =>
      (listing ??= missingSearchAttributes(connection, namespace, patience).finally(() => (listing = undefined))),
  }
}

const reachesTemporal = (connection: Connection, namespace: string): Promise<boolean> =>
  answers(
    connection.withDeadline(Date.now() + patience, () => connection.workflowService.describeNamespace({ namespace })),
    patience,
  )

/** PostgreSQL's own texts can hold values of rows: its code has to do. */
function refusal(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: string }
  return typeof code === 'string' ? `PostgreSQL refuses statements (${code})` : (message ?? 'unknown')
}

export interface ServiceChecks {
  /** Whether calls can be served, and what an operator should know. */
  database(): Promise<{ isUsable: boolean; message?: string }>
  temporal(): Promise<boolean>
  /** The search attributes that Temporal lacks: without them no run can start. */
  missingSearchAttributes?(): Promise<string[]>
  /** Whether this process is about to stop: load balancers must send it nothing new. */
  isDraining?(): boolean
}
