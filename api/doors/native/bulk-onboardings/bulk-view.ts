import { z } from '@hono/zod-openapi'
import { notFound } from '../../../../domain/failure/failures.ts'
import { bulkStatuses, bulkWorkflowId, rowStates } from '../../../../domain/bulk/bulk.ts'
import { rowRates, startRates } from '../../../../domain/bulk/pace.ts'
import { findBulk, findSameContent, type Bulk } from '../../../../store/bulk/bulks.ts'
import { bulkStateOf } from '../../../../store/bulk/read-for-run.ts'
import { listErrors, readCounts } from '../../../../store/bulk/rows.ts'
import type { Caller } from '../../../call/auth.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { time } from '../../../schemas/lists.ts'

export const bulkPath = '/v1/bulk_onboardings/{id}' as const
export const tags = ['Bulk onboardings']

/** Errors of the first invalid or failed rows in a bulk onboarding. */
const shownErrors = 20

const rowError = z.object({
  code: z.string().openapi({ example: 'invalid_request' }),
  param: z.string().nullable().openapi({ description: 'The column or field', example: 'phone' }),
  message: z.string(),
})
export const errorsView = z.array(rowError)

const bulkFields = {
  id: z.string().openapi({ example: 'bulk_01k2j0q8e5f7g9h1j3k5m7n9p1' }),
  object: z.literal('bulk_onboarding'),
  status: z.enum(bulkStatuses).openapi({ description: 'docs/bulk.md describes each status' }),
  paused_because: z.enum(['operator', 'many_failures']).nullable(),
  on_invalid: z.enum(['stop', 'skip']),
  on_existing_customer: z.enum(['keep', 'update']),
  rows_per_second: z.number().int().min(rowRates.least).max(rowRates.most),
  starts_per_second: z.number().int().min(startRates.least).max(startRates.most),
  content_sha256: z.string().openapi({ description: 'SHA-256 of the file, in hexadecimal' }),
  created_by: z.string().openapi({ description: 'The id of the API key that uploaded the file' }),
  created_at: time,
  started_at: time.nullable(),
  ended_at: time.nullable(),
  workflow_id: z.string(),
  workflow_url: z.string().nullable(),
}

/** A bulk onboarding in a list, without counts. */
export const bulkSummary = z.object(bulkFields).openapi('BulkOnboardingSummary')

export const bulkView = z
  .object({
    ...bulkFields,
    rows: z
      .object({ total: z.number().int(), ...Object.fromEntries(rowStates.map((state) => [state, z.number().int()])) })
      .openapi('BulkRowCounts', { required: ['total', ...rowStates] }),
    errors: z
      .array(rowError.extend({ row: z.number().int(), line: z.number().int() }))
      .openapi({ description: `Errors of the first invalid and failed rows, at most ${shownErrors}` }),
    same_content_as: z
      .string()
      .nullable()
      .openapi({ description: 'The latest earlier bulk onboarding with the same file' }),
    expected_end_at: time.nullable().openapi({ description: 'Set while it is running' }),
  })
  .openapi('BulkOnboarding')

export function summaryOf(d: ApiDependencies, bulk: Bulk): z.input<typeof bulkSummary> {
  const workflowId = bulkWorkflowId(bulk)
  const ui = d.temporalUi
  return {
    id: bulk.bulkId,
    object: 'bulk_onboarding',
    status: bulk.status,
    paused_because: bulk.pausedBecause,
    on_invalid: bulk.onInvalid,
    on_existing_customer: bulk.options.onExistingCustomer,
    rows_per_second: bulk.rowsPerSecond,
    starts_per_second: bulk.startsPerSecond,
    content_sha256: bulk.contentSha256!.toString('hex'),
    created_by: bulk.createdBy,
    created_at: bulk.createdAt.toISOString(),
    started_at: bulk.begunAt?.toISOString() ?? null,
    ended_at: bulk.endedAt?.toISOString() ?? null,
    workflow_id: workflowId,
    workflow_url: ui
      ? `${ui.url}/namespaces/${encodeURIComponent(ui.namespace)}/workflows/${encodeURIComponent(workflowId)}`
      : null,
  }
}

export async function viewBulk(d: ApiDependencies, bulk: Bulk): Promise<z.input<typeof bulkView>> {
  const { bulkId } = bulk
  const [counts, errors, same] = await Promise.all([
    readCounts(d.database, bulkId),
    listErrors(d.database, bulkId, shownErrors),
    findSameContent(d.database, bulk),
  ])
  return {
    ...summaryOf(d, bulk),
    rows: counts,
    errors: errors.map(({ param = null, ...error }) => ({ ...error, param })),
    same_content_as: same,
    expected_end_at: bulkStateOf(bulk, counts).endsAt,
  }
}

/** Returns a bulk onboarding of the caller. Throws `not_found`. */
export async function requireBulk(d: ApiDependencies, caller: Caller, id: string): Promise<Bulk> {
  const found = await findBulk(d.database, caller, id)
  if (!found) throw notFound('Bulk onboarding')
  return found
}
