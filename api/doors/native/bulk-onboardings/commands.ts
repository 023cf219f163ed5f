import type { Context } from 'hono'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { rowRates, startRates } from '../../../../domain/bulk/pace.ts'
import { applyBulkCommand, type BulkCommand } from '../../../../store/bulk/transitions.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import { authorOf } from '../../../call/idempotency.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import * as fields from '../../../schemas/fields.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'
import { bulkPath, bulkView, requireBulk, tags, viewBulk } from './bulk-view.ts'

const params = idParam('bulk_01k2…')
const rate = ({ least, most }: typeof rowRates) =>
  z
    .number(fields.mustBe('a whole number'))
    .int('must be a whole number')
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`)
    .optional()
const empty = z.strictObject({}).openapi('BulkCommandRequest')
const startRequest = z
  .strictObject({ on_invalid: z.enum(['stop', 'skip'], fields.mustBe('stop or skip')).optional() })
  .openapi('StartBulkOnboarding', { example: { on_invalid: 'skip' } })
const rateRequest = z
  .strictObject({ rows_per_second: rate(rowRates), starts_per_second: rate(startRates) })
  .openapi('UpdateBulkOnboarding', { example: { rows_per_second: 50 } })

const simple = [
  { name: 'pause', path: 'pause', summary: 'Pause a bulk onboarding; completed rows are kept' },
  { name: 'resume', path: 'resume', summary: 'Resume a paused bulk onboarding' },
  {
    name: 'cancel',
    path: 'cancel',
    summary: 'Cancel a bulk onboarding; completed rows are kept, the others are skipped',
  },
  { name: 'retryFailed', path: 'retry_failed', summary: 'Onboard the failed rows again' },
] as const

/** Commands for a bulk onboarding. They take effect at the next row. */
export function addBulkCommands(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = {
    tags,
    security,
    middleware: guards(d, 'bulk_onboardings:write'),
    responses: { 200: json(bulkView), ...nativeRefusals },
  }
  async function command(c: Context<CallEnv>, id: string, wanted: BulkCommand) {
    const caller = c.get('caller')
    const bulk = await requireBulk(d, caller, id)
    await applyBulkCommand(d.database, bulk, wanted, authorOf(c))
    const after = await requireBulk(d, caller, id)
    if (after.begunAt) d.runs.signalBulk(after)
    return viewBulk(d, after)
  }

  const start = createRoute({
    ...common,
    method: 'post',
    path: `${bulkPath}/start`,
    operationId: 'startBulkOnboarding',
    summary: 'Start a checked bulk onboarding',
    request: { params, body: jsonBody(startRequest) },
  })
  app.openapi(start, async (c) => {
    const { on_invalid: onInvalid } = c.req.valid('json')
    return c.json(await command(c, c.req.valid('param').id, { name: 'start', onInvalid }), 200)
  })

  for (const { name, path, summary } of simple) {
    const route = createRoute({
      ...common,
      method: 'post',
      path: `${bulkPath}/${path}` as `${typeof bulkPath}/pause`,
      operationId: name === 'retryFailed' ? 'retryFailedBulkOnboardingRows' : `${name}BulkOnboarding`,
      summary,
      request: { params, body: jsonBody(empty) },
    })
    app.openapi(route, async (c) => c.json(await command(c, c.req.valid('param').id, { name }), 200))
  }

  const update = createRoute({
    ...common,
    method: 'patch',
    path: bulkPath,
    operationId: 'updateBulkOnboarding',
    summary: 'Update the pace of a bulk onboarding',
    request: { params, body: jsonBody(rateRequest) },
  })
  app.openapi(update, async (c) => {
    const { rows_per_second: rowsPerSecond, starts_per_second: startsPerSecond } = c.req.valid('json')
    const wanted = { name: 'setRate' as const, rowsPerSecond, startsPerSecond }
    return c.json(await command(c, c.req.valid('param').id, wanted), 200)
  })
}
