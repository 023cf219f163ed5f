import type { BulkReference, PauseReason } from '../../domain/bulk/bulk.ts'
import { conflict } from '../../domain/failure/failures.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { underBulkLock, type Bulk } from './bulks.ts'
import { skipReadyRows } from './skip-rows.ts'

/** What an operator or the caller can do with a bulk onboarding. */
export type BulkCommand =
  | { name: 'start'; onInvalid?: 'stop' | 'skip' | undefined }
  | { name: 'pause' }
  | { name: 'resume' }
  | { name: 'cancel' }
  | { name: 'setRate'; rowsPerSecond?: number | undefined; startsPerSecond?: number | undefined }
  | { name: 'retryFailed' }

/**
 * Applies a command to the record; the run reads it. A command whose result is already there changes nothing. Returns
 * false if the bulk onboarding does not exist. Throws `conflict` if its state does not permit the command.
 */
export async function applyBulkCommand(
  database: Database,
  { bulkId }: Pick<BulkReference, 'bulkId'>,
  command: BulkCommand,
): Promise<boolean> {
  if (command.name === 'retryFailed') await makeFailedReady(database, bulkId)
  const found = await underBulkLock(database, bulkId, async (sql, bulk) => {
    await carryOut(sql, bulk, command)
    return true
  })
  if (command.name === 'cancel') await skipReadyRows(database, bulkId)
  return found ?? false
}

async function carryOut(sql: Transaction, bulk: Bulk, command: BulkCommand): Promise<void> {
  switch (command.name) {
    case 'start':
      return start(sql, bulk, command.onInvalid ?? bulk.onInvalid)
    case 'pause':
      return pause(sql, bulk, 'operator')
    case 'resume':
      return resume(sql, bulk)
    case 'cancel':
      return cancel(sql, bulk)
    case 'setRate':
      return setRate(sql, bulk, command)
    case 'retryFailed':
      return reopen(sql, bulk)
  }
}

const refuse = ({ status }: Bulk, message: string): never => {
  throw conflict('bulk_onboarding_state', 'status', `is ${status}: ${message}`)
}

/** Plans starts from the first row that is not done, after those that are planned already. */
const plannedFromNow = (sql: Sql, { bulkId }: Bulk) => sql`
  starts_from = greatest(now(), (select max(start_at) from bulk_rows where bulk_id = ${bulkId})),
  starts_from_row = coalesce((select min(n) from bulk_rows where bulk_id = ${bulkId} and state = 'ready'), 1)`

const due = (sql: Sql) => sql`wake_at = now() + interval '5 seconds', wakes = 0`

async function start(sql: Sql, bulk: Bulk, onInvalid: 'stop' | 'skip'): Promise<void> {
  if (bulk.status === 'running') return
  if (bulk.status !== 'checked') refuse(bulk, 'only a checked bulk onboarding can be started')
  const [invalid] = await sql`select 1 from bulk_rows where bulk_id = ${bulk.bulkId} and state = 'invalid' limit 1`
  if (invalid && onInvalid === 'stop')
    throw conflict('rows_invalid', 'on_invalid', 'must be skip: the file has invalid rows, which would be left out')
  await sql`
    update bulk_onboardings set status = 'running', on_invalid = ${onInvalid}, begun_at = now(), failures_since = now(),
      ${due(sql)}, ${plannedFromNow(sql, bulk)}
    where id = ${bulk.bulkId}`
}

async function pause(sql: Sql, bulk: Bulk, because: PauseReason): Promise<void> {
  if (bulk.status === 'paused') return
  if (bulk.status !== 'running') refuse(bulk, 'only a running bulk onboarding can be paused')
  await sql`
    update bulk_onboardings set status = 'paused', paused_because = ${because}, ${due(sql)} where id = ${bulk.bulkId}`
}

async function resume(sql: Sql, bulk: Bulk): Promise<void> {
  if (bulk.status === 'running') return
  if (bulk.status !== 'paused') refuse(bulk, 'only a paused bulk onboarding can be resumed')
  await sql`
    update bulk_onboardings set status = 'running', paused_because = null, failures_since = now(), ${due(sql)},
      ${plannedFromNow(sql, bulk)}
    where id = ${bulk.bulkId}`
}

async function cancel(sql: Sql, bulk: Bulk): Promise<void> {
  if (bulk.status === 'canceled') return
  if (bulk.status === 'completed') refuse(bulk, 'it can no longer be canceled')
  await sql`
    update bulk_onboardings set status = 'canceled', paused_because = null, ended_at = now(), wake_at = null
    where id = ${bulk.bulkId}`
}

async function setRate(sql: Sql, bulk: Bulk, rates: BulkCommand & { name: 'setRate' }): Promise<void> {
  if (bulk.status === 'completed' || bulk.status === 'canceled') refuse(bulk, 'its pace can no longer be changed')
  const { rowsPerSecond = bulk.rowsPerSecond, startsPerSecond = bulk.startsPerSecond } = rates
  const plan = bulk.startsFrom && startsPerSecond !== bulk.startsPerSecond ? sql`, ${plannedFromNow(sql, bulk)}` : sql``
  await sql`
    update bulk_onboardings set rows_per_second = ${rowsPerSecond}, starts_per_second = ${startsPerSecond} ${plan}
    where id = ${bulk.bulkId}`
}

/** Rows per statement: a statement must stay far below its time limit. */
const chunk = 5_000

async function makeFailedReady(database: Database, bulkId: string): Promise<void> {
  let count: number = chunk
  while (count === chunk)
    ({ count } = await database`
      update bulk_rows set state = 'ready', errors = null, finished_at = null
      where bulk_id = ${bulkId} and n in (
        select r.n from bulk_rows r join bulk_onboardings b on b.id = r.bulk_id
        where r.bulk_id = ${bulkId} and r.state = 'failed' and r.input is not null
          and b.status in ('running', 'paused', 'completed')
        order by r.n limit ${chunk}
      )`)
}

async function reopen(sql: Sql, bulk: Bulk): Promise<void> {
  if (bulk.status === 'running') return
  if (bulk.status !== 'completed' && bulk.status !== 'paused')
    refuse(bulk, 'only a running, paused or completed bulk onboarding has rows to retry')
  const [ready] = await sql`select 1 from bulk_rows where bulk_id = ${bulk.bulkId} and state = 'ready' limit 1`
  if (bulk.status === 'paused' || !ready) return
  await sql`
    update bulk_onboardings set status = 'running', ended_at = null, failures_since = now(), ${due(sql)},
      ${plannedFromNow(sql, bulk)}
    where id = ${bulk.bulkId}`
}

/** Pauses a running bulk onboarding because its rows fail too often. */
export async function pauseForFailures(database: Database, bulkId: string): Promise<void> {
  await underBulkLock(database, bulkId, async (sql, bulk) => {
    if (bulk.status === 'running') await pause(sql, bulk, 'many_failures')
  })
}

/** Completes a running bulk onboarding without ready rows. Call it under its lock. */
export async function completeBulk(sql: Transaction, bulk: Bulk): Promise<void> {
  await sql`
    update bulk_onboardings set status = 'completed', ended_at = now(), wake_at = null where id = ${bulk.bulkId}`
}
