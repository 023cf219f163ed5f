import type { BulkReference, PauseReason } from '../../domain/bulk/bulk.ts'
import type { CallAuthor } from '../../domain/events/author.ts'
import { conflict } from '../../domain/failure/failures.ts'
import { batchSize, inBatches } from '../database/batches.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { insertTenantEvent, isRecorded } from '../events/events.ts'
import { underBulkLock, type Bulk } from './bulks.ts'
import { readCounts } from './rows.ts'
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
 * Applies a command to the record; the run reads it. A command whose result is already in place, or that repeats a
 * call, changes nothing. Returns false if the bulk onboarding does not exist. Throws `conflict` if its state does not
 * permit the command.
 */
export async function applyBulkCommand(
  database: Database,
  { bulkId }: Pick<BulkReference, 'bulkId'>,
  command: BulkCommand,
  by: CallAuthor,
): Promise<boolean> {
  const isMade = async (sql: Sql) => by.eventId !== undefined && (await isRecorded(sql, by.eventId))
  if (command.name === 'retryFailed' && !(await isMade(database))) await makeFailedReady(database, bulkId)
  const found = await underBulkLock(database, bulkId, async (sql, bulk) => {
    if (!(await isMade(sql))) await carryOut(sql, bulk, command, by)
    return true
  })
  if (command.name === 'cancel') await skipReadyRows(database, bulkId)
  return found ?? false
}

async function carryOut(sql: Transaction, bulk: Bulk, command: BulkCommand, by: CallAuthor): Promise<void> {
  switch (command.name) {
    case 'start':
      return start(sql, bulk, command.onInvalid ?? bulk.onInvalid, by)
    case 'pause':
      return pause(sql, bulk, 'operator', by)
    case 'resume':
      return resume(sql, bulk, by)
    case 'cancel':
      return cancel(sql, bulk, by)
    case 'setRate':
      return setRate(sql, bulk, command, by)
    case 'retryFailed':
      return reopen(sql, bulk, by)
  }
}

const told = ({ bulkId }: Bulk) => ({ bulk_onboarding_id: bulkId })

const refuse = ({ status }: Bulk, message: string): never => {
  throw conflict('bulk_onboarding_state', 'status', `is ${status}: ${message}`)
}

/** Plans starts from the first row that is not done, after those that are planned already. */
const plannedFromNow = (sql: Sql, { bulkId }: Bulk) => sql`
  starts_from = greatest(now(), (select max(start_at) from bulk_rows where bulk_id = ${bulkId})),
  starts_from_row = coalesce((select min(n) from bulk_rows where bulk_id = ${bulkId} and state = 'ready'), 1)`

const due = (sql: Sql) => sql`wake_at = now() + interval '5 seconds', wakes = 0`

async function start(sql: Transaction, bulk: Bulk, onInvalid: 'stop' | 'skip', by: CallAuthor): Promise<void> {
  if (bulk.status === 'running') return
  if (bulk.status !== 'checked') refuse(bulk, 'only a checked bulk onboarding can be started')
  const [invalid] = await sql`select 1 from bulk_rows where bulk_id = ${bulk.bulkId} and state = 'invalid' limit 1`
  if (invalid && onInvalid === 'stop')
    throw conflict('rows_invalid', 'on_invalid', 'must be skip: the file has invalid rows, which would be left out')
  await sql`
    update bulk_onboardings set status = 'running', on_invalid = ${onInvalid}, begun_at = now(), failures_since = now(),
      ${due(sql)}, ${plannedFromNow(sql, bulk)}
    where id = ${bulk.bulkId}`
  const { ready: rows } = await readCounts(sql, bulk.bulkId)
  await insertTenantEvent(sql, bulk, {
    type: 'bulk_onboarding.started',
    ...by,
    data: { ...told(bulk), rows },
  })
}

async function pause(sql: Transaction, bulk: Bulk, reason: PauseReason, by: CallAuthor): Promise<void> {
  if (bulk.status === 'paused') return
  if (bulk.status !== 'running') refuse(bulk, 'only a running bulk onboarding can be paused')
  await sql`
    update bulk_onboardings set status = 'paused', paused_because = ${reason}, ${due(sql)} where id = ${bulk.bulkId}`
  await insertTenantEvent(sql, bulk, {
    type: 'bulk_onboarding.paused',
    ...by,
    data: { ...told(bulk), reason },
  })
}

async function resume(sql: Transaction, bulk: Bulk, by: CallAuthor): Promise<void> {
  if (bulk.status === 'running') return
  if (bulk.status !== 'paused') refuse(bulk, 'only a paused bulk onboarding can be resumed')
  await sql`
    update bulk_onboardings set status = 'running', paused_because = null, failures_since = now(), ${due(sql)},
      ${plannedFromNow(sql, bulk)}
    where id = ${bulk.bulkId}`
  await insertTenantEvent(sql, bulk, { type: 'bulk_onboarding.resumed', ...by, data: told(bulk) })
}

async function cancel(sql: Transaction, bulk: Bulk, by: CallAuthor): Promise<void> {
  if (bulk.status === 'canceled') return
  if (bulk.status === 'completed') refuse(bulk, 'it can no longer be canceled')
  await sql`
    update bulk_onboardings set status = 'canceled', paused_because = null, ended_at = now(), wake_at = null
    where id = ${bulk.bulkId}`
  const { done } = await readCounts(sql, bulk.bulkId)
  await insertTenantEvent(sql, bulk, {
    type: 'bulk_onboarding.canceled',
    ...by,
    data: { ...told(bulk), done },
  })
}

type Rates = BulkCommand & { name: 'setRate' }

async function setRate(sql: Transaction, bulk: Bulk, rates: Rates, by: CallAuthor): Promise<void> {
  if (bulk.status === 'completed' || bulk.status === 'canceled') refuse(bulk, 'its pace can no longer be changed')
  const { rowsPerSecond = bulk.rowsPerSecond, startsPerSecond = bulk.startsPerSecond } = rates
  const plan = bulk.startsFrom && startsPerSecond !== bulk.startsPerSecond ? sql`, ${plannedFromNow(sql, bulk)}` : sql``
  await sql`
    update bulk_onboardings set rows_per_second = ${rowsPerSecond}, starts_per_second = ${startsPerSecond} ${plan}
    where id = ${bulk.bulkId}`
  const changed = [
    ...(rowsPerSecond === bulk.rowsPerSecond ? [] : ['rows_per_second']),
    ...(startsPerSecond === bulk.startsPerSecond ? [] : ['starts_per_second']),
  ]
  if (changed.length === 0) return
  await insertTenantEvent(sql, bulk, {
    type: 'bulk_onboarding.updated',
    ...by,
    data: { ...told(bulk), changed },
  })
}

async function makeFailedReady(database: Database, bulkId: string): Promise<void> {
  await inBatches(
    () => database`
      update bulk_rows set state = 'ready', errors = null, finished_at = null
      where bulk_id = ${bulkId} and n = any(array(
        select r.n from bulk_rows r join bulk_onboardings b on b.id = r.bulk_id
        where r.bulk_id = ${bulkId} and r.state = 'failed' and r.input is not null
          and b.status in ('running', 'paused', 'completed')
        order by r.n limit ${batchSize}
      ))`,
  )
}

async function reopen(sql: Transaction, bulk: Bulk, by: CallAuthor): Promise<void> {
  if (!['running', 'paused', 'completed'].includes(bulk.status))
    refuse(bulk, 'only a running, paused or completed bulk onboarding has rows to retry')
  const { ready: rows } = await readCounts(sql, bulk.bulkId)
  if (rows === 0) return
  await insertTenantEvent(sql, bulk, {
    type: 'bulk_onboarding.retried',
    ...by,
    data: { ...told(bulk), rows },
  })
  if (bulk.status !== 'completed') return
  await sql`
    update bulk_onboardings set status = 'running', ended_at = null, failures_since = now(), ${due(sql)},
      ${plannedFromNow(sql, bulk)}
    where id = ${bulk.bulkId}`
}

/** Pauses a running bulk onboarding because its rows fail too often. */
export async function pauseForFailures(database: Database, bulkId: string): Promise<void> {
  await underBulkLock(database, bulkId, async (sql, bulk) => {
    if (bulk.status === 'running') await pause(sql, bulk, 'many_failures', { actor: 'system' })
  })
}

/** Completes a running bulk onboarding without ready rows. Call it under its lock. */
export async function completeBulk(sql: Transaction, bulk: Bulk): Promise<void> {
  await sql`
    update bulk_onboardings set status = 'completed', ended_at = now(), wake_at = null where id = ${bulk.bulkId}`
  const { done, failed } = await readCounts(sql, bulk.bulkId)
  const data = { bulk_onboarding_id: bulk.bulkId, done, failed }
  await insertTenantEvent(sql, bulk, { type: 'bulk_onboarding.completed', actor: 'system', data })
}
