import { byApiKey } from '../../domain/events/author.ts'
import { createHash } from 'node:crypto'
import { allows } from '../../domain/tenant/scopes.ts'
import { Failure, invalid } from '../../domain/failure/failures.ts'
import { mostRows } from '../../domain/bulk/bulk.ts'
import type { Bulk, BulkOptions } from '../../store/bulk/bulks.ts'
import { readBulk } from '../../store/bulk/bulks.ts'
import type { CheckedRow } from '../../store/bulk/row-input.ts'
import { readCounts } from '../../store/bulk/rows.ts'
import { applyBulkCommand } from '../../store/bulk/transitions.ts'
import { beginUpload, completeUpload, discardUpload, sameOptions, stageRows } from '../../store/bulk/uploads.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { requireAnyGateway } from '../setup/brand-and-gateway.ts'
import { checkDefaults, createRowCheck } from './check-row.ts'
import { readRows, type FileFormat } from './read-rows.ts'
import { receiveBody } from './receive-body.ts'
import type { RowDefaults } from './row-schema.ts'

export interface Upload {
  body: ReadableStream<Uint8Array> | null
  format: FileFormat
  options: BulkOptions
  idempotencyKey: string | undefined
  /** Restarts the deadline of the call, because the upload makes progress. */
  extendDeadline: () => void
  /** Throws if the API key has ended during the upload. */
  requireStillValid: () => Promise<void>
}

/** Rows per statement. The process validates this many before it serves other calls. */
const batch = 250

/**
 * Validates and stores the rows of an upload, and starts the bulk onboarding unless its options or invalid rows prevent
 * it. An upload with the Idempotency-Key of an earlier one returns that one (`replayed`). Throws as `readRows` and
 * `receiveBody`, `idempotency_mismatch` and `idempotency_in_progress`; then nothing of it remains.
 */
export async function receiveUpload(
  d: ApiDependencies,
  caller: Caller,
  upload: Upload,
): Promise<{ bulk: Bulk; replayed: boolean }> {
  const { options, idempotencyKey } = upload
  const { organizationId, environment, id: createdBy } = caller
  requireAnyGateway(d, caller)
  const mayEnroll = allows(caller.scopes, 'enrollments:write')
  const wanted = { organizationId, environment, options, idempotencyKey, createdBy, mayEnroll }
  const begun = await beginUpload(d.database, wanted)
  if ('earlier' in begun) return { bulk: await replay(d, begun.earlier, upload), replayed: true }
  try {
    await stage(d, caller, begun.bulkId, upload)
  } catch (error) {
    // The worker's housekeeping deletes what cannot be deleted now.
    await discardUpload(d.database, begun.bulkId).catch(() => {})
    throw error
  }
  await startIfPossible(d, begun.bulkId, options, createdBy)
  return { bulk: (await readBulk(d.database, begun.bulkId))!, replayed: false }
}

async function replay(d: ApiDependencies, earlier: Bulk, upload: Upload): Promise<Bulk> {
  const { body, options, extendDeadline } = upload
  const { reading } = d.state.uploadTurns
  const param = 'Idempotency-Key'
  if (earlier.status === 'receiving')
    throw new Failure('idempotency_in_progress', 'is in use by an upload that is still running', {
      param,
      retryAfter: 5,
    })
  const hash = createHash('sha256')
  const parts = receiveBody(body, { hash, onPart: extendDeadline, reading })
  while (!(await parts.next()).done);
  if (!sameOptions(earlier, options) || !earlier.contentSha256?.equals(hash.digest()))
    throw new Failure('idempotency_mismatch', 'was used with another file or other options', { param })
  if (earlier.status !== 'checked') return earlier
  // The first request may have ended before it could start it.
  await upload.requireStillValid()
  await startIfPossible(d, earlier.bulkId, options, earlier.createdBy)
  return (await readBulk(d.database, earlier.bulkId))!
}

async function stage(d: ApiDependencies, caller: Caller, bulkId: string, upload: Upload): Promise<void> {
  const { body, format, options, extendDeadline, requireStillValid } = upload
  const hash = createHash('sha256')
  const { brandId: brand_id, gateway, billableItemId: billable_item_id } = options
  const defaults = { brand_id, gateway, billable_item_id } as RowDefaults
  await checkDefaults(d, caller, defaults)
  const check = createRowCheck(d, caller, defaults)
  const parts = receiveBody(body, { hash, onPart: extendDeadline, reading: d.state.uploadTurns.reading })
  let count = 0
  let rows: CheckedRow[] = []
  for await (const row of readRows(parts, format, check)) {
    if (++count > mostRows) throw new Failure('too_large', `must have at most ${mostRows} rows`, { param: 'body' })
    if (rows.push(row) < batch) continue
    await stageRows(d.database, bulkId, rows)
    extendDeadline()
    rows = []
  }
  if (count === 0) throw invalid('body', 'must have at least one row')
  if (rows.length > 0) await stageRows(d.database, bulkId, rows)
  await requireStillValid()
  if (!(await completeUpload(d.database, bulkId, hash.digest()))) throw invalid('body', 'took too long to upload')
}

async function startIfPossible(d: ApiDependencies, bulkId: string, options: BulkOptions, keyId: string): Promise<void> {
  if (options.dryRun) return
  if (options.onInvalid === 'stop' && (await readCounts(d.database, bulkId)).invalid > 0) return
  await applyBulkCommand(d.database, { bulkId }, { name: 'start' }, byApiKey(keyId))
}
