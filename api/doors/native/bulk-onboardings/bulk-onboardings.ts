import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { bulkStatuses, rowStates } from '../../../../domain/bulk/bulk.ts'
import { invalid } from '../../../../domain/failure/failures.ts'
import { listBulks } from '../../../../store/bulk/bulks.ts'
import { listRows, type BulkRow } from '../../../../store/bulk/rows.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { json } from '../../../schemas/json.ts'
import { pageOf, pageQuery, toList } from '../../../schemas/lists.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'
import { bulkPath, bulkSummary, bulkView, errorsView, requireBulk, summaryOf, tags, viewBulk } from './bulk-view.ts'

const params = idParam('bulk_01k2…')
const query = z.strictObject({
  ...pageQuery,
  status: z.enum(bulkStatuses.filter((status) => status !== 'receiving')).optional(),
})
const rowView = z
  .object({
    row: z.number().int().openapi({ description: 'The number of the row, without the header and blank lines' }),
    line: z.number().int().openapi({ description: 'The line of the file on which it begins' }),
    external_id: z.string().nullable(),
    state: z.enum(rowStates),
    duplicate_of: z.number().int().nullable().openapi({ description: 'The earlier row with the same external_id' }),
    existing: z.boolean().nullable().openapi({ description: 'Whether the contact had a billing customer before' }),
    customer_id: z.string().nullable(),
    billing_customer_id: z.string().nullable(),
    onboarding_id: z.string().nullable(),
    status: z.string().nullable().openapi({ description: 'The current status of the billing customer' }),
    errors: errorsView,
  })
  .openapi('BulkOnboardingRow')
const rowsQuery = z.strictObject({ ...pageQuery, state: z.enum(rowStates).optional() })

/** Lists and retrieves bulk onboardings and their rows. */
export function addBulkOnboardings(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const reading = { tags, security, method: 'get' as const, responses: nativeRefusals }
  const listing = createRoute({
    ...reading,
    middleware: guards(d, 'bulk_onboardings:read', { list: true, query: true }),
    path: '/v1/bulk_onboardings',
    operationId: 'listBulkOnboardings',
    summary: 'List bulk onboardings, newest first',
    request: { query },
    responses: { 200: json(pageOf(bulkSummary, 'BulkOnboardingList')), ...nativeRefusals },
  })
  app.openapi(listing, async (c) => {
    const { limit, cursor, status } = c.req.valid('query')
    const page = await listBulks(d.database, c.get('caller'), { status }, { limit, cursor })
    return c.json(
      toList(page, (bulk) => summaryOf(d, bulk)),
      200,
    )
  })

  const get = createRoute({
    ...reading,
    middleware: guards(d, 'bulk_onboardings:read'),
    path: bulkPath,
    operationId: 'getBulkOnboarding',
    summary: 'Retrieve a bulk onboarding with its counts',
    request: { params },
    responses: { 200: json(bulkView), ...nativeRefusals },
  })
  app.openapi(get, async (c) =>
    c.json(await viewBulk(d, await requireBulk(d, c.get('caller'), c.req.valid('param').id)), 200),
  )

  const rows = createRoute({
    ...reading,
    middleware: guards(d, 'bulk_onboardings:read', { list: true, query: true }),
    path: `${bulkPath}/rows`,
    operationId: 'listBulkOnboardingRows',
    summary: 'List the rows of a bulk onboarding, in the order of the file',
    request: { params, query: rowsQuery },
    responses: { 200: json(pageOf(rowView, 'BulkOnboardingRowList')), ...nativeRefusals },
  })
  app.openapi(rows, async (c) => {
    const { limit, cursor, state } = c.req.valid('query')
    const { bulkId } = await requireBulk(d, c.get('caller'), c.req.valid('param').id)
    const found = await listRows(d.database, bulkId, { after: rowOf(cursor), limit: limit + 1, state })
    const page = found.slice(0, limit)
    const nextCursor = found.length > limit ? cursorOf(page.at(-1)!) : null
    return c.json(toList({ rows: page, nextCursor }, viewRow), 200)
  })
}

const cursorOf = ({ number }: BulkRow) => Buffer.from(`row ${number}`).toString('base64url')

function rowOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const number = /^row ([1-9]\d{0,5})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (number === undefined) throw invalid('cursor', 'must be the next_cursor of an earlier response of this list')
  return Number(number)
}

const viewRow = (row: BulkRow): z.input<typeof rowView> => ({
  row: row.number,
  line: row.line,
  external_id: row.externalId,
  state: row.state,
  duplicate_of: row.duplicateOf,
  existing: row.existing,
  customer_id: row.customerId,
  billing_customer_id: row.billingCustomerId,
  onboarding_id: row.onboardingId,
  status: row.status,
  errors: row.errors.map(({ param = null, ...error }) => ({ ...error, param })),
})
