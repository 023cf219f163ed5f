import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { rowRates, startRates } from '../../../../domain/bulk/pace.ts'
import { mostBytes, mostRows } from '../../../../domain/bulk/bulk.ts'
import { Failure } from '../../../../domain/failure/failures.ts'
import { gatewayNames } from '../../../../domain/lifecycle.ts'
import { charsetOf } from '../../../call/body.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import { guardUpload, requireStillValid } from '../../../call/guards.ts'
import { keyOf } from '../../../call/idempotency.ts'
import { inUploadTurn } from '../../../call/limits/upload-turns.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import * as fields from '../../../schemas/fields.ts'
import { json } from '../../../schemas/json.ts'
import type { FileFormat } from '../../../uploads/read-rows.ts'
import { receiveUpload } from '../../../uploads/receive-upload.ts'
import { door, nativeRefusals, security } from '../door.ts'
import { bulkView, tags, viewBulk } from './bulk-view.ts'
import { countInQuery } from '../../../schemas/query-fields.ts'

const query = z.strictObject({
  dry_run: z
    .enum(['true', 'false'], fields.mustBe('true or false'))
    .default('false')
    .openapi({ description: 'Only check the file. POST …/start continues without another upload' }),
  on_invalid: z
    .enum(['stop', 'skip'], fields.mustBe('stop or skip'))
    .default('stop')
    .openapi({ description: 'With stop, a file with invalid rows is checked but not started' }),
  on_existing_customer: z
    .enum(['keep', 'update'], fields.mustBe('keep or update'))
    .default('keep')
    .openapi({ description: 'Whether the profile of an existing customer is updated with the fields of its row' }),
  rows_per_second: countInQuery(rowRates.least, rowRates.most)
    .default(rowRates.usual)
    .openapi({ description: 'Contacts onboarded per second' }),
  starts_per_second: countInQuery(startRates.least, startRates.most).default(startRates.usual).openapi({
    description: 'Runs started per second. A setup link works from the start; its run starts when it is first needed',
  }),
  brand_id: fields.text(64).optional().openapi({ description: 'For rows without a brand_id' }),
  gateway: z
    .enum(gatewayNames, fields.mustBe(`one of ${gatewayNames.join(', ')}`))
    .optional()
    .openapi({ description: 'For rows without a gateway' }),
  billable_item_id: fields.text(64).optional().openapi({ description: 'For rows without a billable_item_id' }),
})

const csvExample = 'external_id,name,email\nusr_12345,Ada Example,ada@example.com\n'
const linesExample = '{"external_id":"usr_12345","name":"Ada Example","email":"ada@example.com"}\n'
const file = (example: string) => ({ schema: z.string().openapi({ example }), example })

export function addUpload(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const route = createRoute({
    tags,
    security,
    middleware: guardUpload(d, door, ['bulk_onboardings:write', 'customers:write', 'billing_customers:write']),
    method: 'post',
    path: '/v1/bulk_onboardings',
    operationId: 'createBulkOnboarding',
    summary: 'Upload a file of contacts, check it, and onboard them',
    description:
      'A CSV file with a header, or one JSON object per line. At most ' +
      `${mostRows} rows, ${mostBytes / 1024 / 1024} MB, 64 KB per row. Each row is what POST /v1/customers and ` +
      'POST /v1/billing_customers take. Also requires the scopes customers:write and billing_customers:write.',
    request: {
      query,
      body: {
        required: true,
        content: { 'text/csv': file(csvExample), 'application/x-ndjson': file(linesExample) },
      },
    },
    responses: { 201: json(bulkView, 'Checked; running unless dry_run or invalid rows prevent it'), ...nativeRefusals },
  })
  app.openapi(route, async (c) => {
    const { bulk, replayed } = await receive(d, c, c.req.valid('query')).catch((error: unknown) => {
      // The rest of the body is not read, so the connection cannot carry another request.
      c.header('Connection', 'close')
      throw error
    })
    if (replayed) c.header('Idempotent-Replayed', 'true')
    else if (bulk.status === 'running') d.runs.signalBulk(bulk)
    return c.json(await viewBulk(d, bulk), 201)
  })
}

async function receive(d: ApiDependencies, c: Context<CallEnv>, asked: z.output<typeof query>) {
  const caller = c.get('caller')
  const upload = {
    body: c.req.raw.body,
    format: formatOf(c),
    idempotencyKey: keyOf(c),
    extendDeadline: c.get('extendDeadline'),
    requireStillValid: () => requireStillValid(d, c, door),
    options: {
      dryRun: asked.dry_run === 'true',
      onInvalid: asked.on_invalid,
      onExistingCustomer: asked.on_existing_customer,
      rowsPerSecond: asked.rows_per_second,
      startsPerSecond: asked.starts_per_second,
      brandId: asked.brand_id,
      gateway: asked.gateway,
      billableItemId: asked.billable_item_id,
    },
  }
  return inUploadTurn(d.state.uploadTurns, caller, () => receiveUpload(d, caller, upload))
}

const formats: Record<string, FileFormat> = {
  'text/csv': 'csv',
  'application/x-ndjson': 'jsonl',
  'application/jsonl': 'jsonl',
}

function formatOf(c: Context): FileFormat {
  const contentType = c.req.header('Content-Type') ?? ''
  const [type = ''] = contentType.toLowerCase().split(';')
  const refuse = (param: string, message: string) => new Failure('unsupported_media_type', message, { param })
  const format = Object.hasOwn(formats, type.trim()) ? formats[type.trim()] : undefined
  if (!format) throw refuse('Content-Type', 'must be text/csv, or application/x-ndjson with one object per line')
  const charset = charsetOf(contentType)
  if (charset !== undefined && !/^utf-?(8|16)$/.test(charset))
    throw refuse('Content-Type', 'must have no charset but utf-8, or utf-16 with a byte order mark')
  if (!/^(identity)?$/i.test(c.req.header('Content-Encoding')?.trim() ?? ''))
    throw refuse('Content-Encoding', 'must not be set: compressed bodies are not supported')
  return format
}
