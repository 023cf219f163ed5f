import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { invalid } from '../../../../domain/failure/failures.ts'
import { settingRows, type SettingRow, type SettingSchema } from '../../../../domain/tenant/setting-guide.ts'
import { settingProblem, settingRules, settingsByName } from '../../../../domain/tenant/settings.ts'
import { changeSettings, readSettings } from '../../../../store/tenants/settings.ts'
import { dropCallers, type Caller } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { guards, nativeRefusals, security } from '../door.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { whySettingsDoNotFit } from '../../../../domain/tenant/amount-settings.ts'

const describe = (meaning: string, unit: string) => (unit ? `${meaning} Unit: ${unit}.` : meaning)

/** Returns the documented type: null is a value of every setting, which restores the default. */
const orNull = ({ type, enum: words, items }: SettingSchema) => ({
  type: [...[type].flat().filter((name) => name !== 'null'), 'null'] as unknown as 'string',
  ...(words ? { enum: [...words, null] } : {}),
  ...(items ? { items: { type: items.type as 'string', ...(items.enum ? { enum: [...items.enum] } : {}) } } : {}),
})

const ruleOf = new Map(Object.values(settingRules).map((rule) => [rule.name, rule]))
const problemOf = (name: string, value: unknown) =>
  value === undefined || value === null ? undefined : settingProblem(ruleOf.get(name)!, value)
const ofEach = (field: (row: SettingRow) => z.ZodType) =>
  Object.fromEntries(settingRows.map((row) => [row.name, field(row)]))

/** Schema of a value in a response. */
function valueOf({ type, enum: words, items }: SettingSchema): z.ZodType {
  const types = [type].flat()
  const kinds = {
    boolean: () => z.boolean(),
    integer: () => z.number().int(),
    number: () => z.number(),
    string: () => (words ? z.enum(words as [string, ...string[]]) : z.string()),
    array: () => z.array(items ? valueOf(items) : z.unknown()),
    null: () => z.null(),
  }
  const value = kinds[types[0]!]()
  return types.includes('null') ? value.nullable() : value
}

const values = z.object(
  ofEach(({ schema, meaning, unit }) => valueOf(schema).openapi({ description: describe(meaning, unit) })),
)
const view = z
  .object({
    object: z.literal('settings'),
    organization_id: z.string(),
    environment: z.enum(['live', 'sandbox']),
    values: values.openapi({ description: 'Current values, by name' }),
    defaults: values.openapi({ description: 'Default values, by name' }),
  })
  .openapi('Settings')
const request = z
  .strictObject(
    ofEach(({ name, rule, schema, meaning, unit }) =>
      z
        .unknown()
        .refine((value) => !problemOf(name, value), { error: ({ input }) => problemOf(name, input) })
        .optional()
        .openapi({
          ...orNull(schema),
          description: `${describe(meaning, unit)} Must be ${rule}; null restores the default`,
        }),
    ),
  )
  .openapi('UpdateSettings', { example: { link_life_seconds: 259200, support_contact: 'help@example.com' } })

export function addSettings(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags: ['Settings'], security, path: '/v1/settings' as const }
  const responses = { 200: json(view), ...nativeRefusals }
  const get = createRoute({
    ...common,
    middleware: guards(d, 'settings:read'),
    method: 'get',
    operationId: 'getSettings',
    summary: 'Retrieve the settings of this environment and their defaults',
    responses,
  })
  app.openapi(get, async (c) => c.json(await viewOf(d, c.get('caller')), 200))

  const update = createRoute({
    ...common,
    middleware: guards(d, 'settings:write'),
    method: 'patch',
    operationId: 'updateSettings',
    summary: 'Update settings; null restores the default',
    request: { body: jsonBody(request) },
    responses,
  })
  app.openapi(update, async (c) => {
    const values = c.req.valid('json')
    const caller = c.get('caller')
    const { currency } = caller
    const defaults = d.settingDefaults
    const current = await readSettings(d.database, defaults, caller)
    const wrong = whySettingsDoNotFit(values, { current, defaults, currency })
    if (wrong) throw invalid(wrong.param, wrong.message)
    await changeSettings(d.database, caller, values, byApiKey(caller.id))
    dropCallers(d.state.callers)
    return c.json(await viewOf(d, caller), 200)
  })
}

async function viewOf(d: ApiDependencies, caller: Caller): Promise<z.input<typeof view>> {
  const settings = await readSettings(d.database, d.settingDefaults, caller)
  return {
    object: 'settings',
    organization_id: caller.organizationId,
    environment: caller.environment,
    values: settingsByName(settings),
    defaults: settingsByName(d.settingDefaults),
  }
}
