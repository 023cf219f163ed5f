import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { stringify } from 'csv-stringify/sync'
import { escapeFormula, resultColumns } from '../../../../domain/bulk/columns.ts'
import { mayHaveLinks } from '../../../../domain/tenant/scopes.ts'
import { listRows, type BulkRow } from '../../../../store/bulk/rows.ts'
import type { Caller } from '../../../call/auth.ts'
import { requireStillValid } from '../../../call/guards.ts'
import { inTurn } from '../../../call/limits/list-turns.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { streamParts } from '../../../errors/stream-parts.ts'
import { setupUrl } from '../../../setup-links.ts'
import { door, guards, idParam, nativeRefusals, security } from '../door.ts'
import { bulkPath, requireBulk, tags } from './bulk-view.ts'

/** Rows that are read and written at once. */
const page = 1_000

const [row, ...others] = resultColumns
const columns = [row, 'external_id', ...others]
type Result = Record<(typeof columns)[number], string | number | boolean | null>

const csvExample =
  'row,external_id,state,existing,customer_id,billing_customer_id,onboarding_id,status,setup_url,error_code,' +
  'error_param,error_message,last_error\n1,usr_12345,done,false,cus_01k2…,bc_01k2…,onb_01k2…,pending,https://…,,,,\n'

export function addBulkResults(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const route = createRoute({
    tags,
    security,
    middleware: guards(d, 'bulk_onboardings:read', { list: true }),
    method: 'get',
    path: `${bulkPath}/results`,
    operationId: 'downloadBulkOnboardingResults',
    summary: 'Download the result of each row',
    description:
      'CSV with a byte order mark, or one JSON object per line if Accept is application/x-ndjson. Setup links are ' +
      'signed at the time of the download and require the scope billing_customers:write. In CSV, a text that a ' +
      'spreadsheet would execute begins with an apostrophe.',
    request: { params: idParam('bulk_01k2…') },
    responses: {
      200: {
        description: 'One line per row, in the order of the file',
        content: {
          'text/csv': { schema: z.string(), example: csvExample },
          'application/x-ndjson': { schema: z.string() },
        },
      },
      ...nativeRefusals,
    },
  })
  app.openapi(route, async (c) => {
    const caller = c.get('caller')
    const { bulkId } = await requireBulk(d, caller, c.req.valid('param').id)
    const isJson = /application\/(x-ndjson|jsonl)/.test(c.req.header('Accept') ?? '')
    const write = isJson ? toLines : toCsv
    c.header('Content-Type', isJson ? 'application/x-ndjson' : 'text/csv; charset=utf-8')
    c.header('Content-Disposition', `attachment; filename="${bulkId}.${isJson ? 'jsonl' : 'csv'}"`)
    c.header('Cache-Control', 'no-store')
    const readPage = (after: number) =>
      inTurn(d.state.listTurns, c, async () => {
        await requireStillValid(d, c, door)
        return listRows(d.database, bulkId, { after, limit: page })
      })
    async function* parts() {
      if (!isJson) yield `\ufeff${columns.join(',')}\n`
      for (let after = 0, size = page; size === page;) {
        const rows = await readPage(after)
        if (rows.length > 0) yield write(rows.map((each) => resultOf(d, caller, each)))
        after = rows.at(-1)?.number ?? after
        size = rows.length
      }
    }
    return streamParts(d, c, parts()) as never
  })
}

const toCsv = (results: Result[]) => stringify(results, { columns, cast: { boolean: String, string: escapeFormula } })
const toLines = (results: Result[]) => results.map((result) => `${JSON.stringify(result)}\n`).join('')

function resultOf(d: ApiDependencies, { organizationId, scopes }: Caller, found: BulkRow): Result {
  const { billingCustomerId, onboardingId, linkVersion, brandId, errors, duplicateOf } = found
  const isOpen = billingCustomerId !== null && onboardingId !== null && linkVersion !== null
  const link =
    isOpen && mayHaveLinks(scopes)
      ? setupUrl(d, { brandId, organizationId, billingCustomerId, onboardingId, linkVersion })
      : null
  const [error] = errors
  return {
    row: found.number,
    external_id: found.externalId,
    state: found.state,
    existing: found.existing,
    customer_id: found.customerId,
    billing_customer_id: billingCustomerId,
    onboarding_id: onboardingId,
    status: found.status,
    setup_url: link,
    error_code: error?.code ?? (duplicateOf === null ? null : 'duplicate'),
    error_param: error?.param ?? null,
    error_message: error?.message ?? (duplicateOf === null ? null : `the same external_id as row ${duplicateOf}`),
    last_error: found.lastError,
  }
}
