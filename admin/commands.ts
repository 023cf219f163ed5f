import { z } from 'zod'
import { Failure } from '../domain/failures.ts'
import { isSupportedCurrency } from '../domain/money.ts'
import { settingRules, type Settings } from '../domain/settings.ts'
import { insertApiKey, revokeApiKey } from '../store/api-keys.ts'
import { insertBillableItem, setBillableItemStatus } from '../store/billable-items.ts'
import { insertBrand } from '../store/brands.ts'
import { applyCommand, type Command as OnboardingCommand } from '../store/commands.ts'
import type { Database } from '../store/database.ts'
import { findTenantOf } from '../store/find-tenant.ts'
import { readLatestFacts } from '../store/onboarding-facts.ts'
import { findOrganization, insertOrganization } from '../store/organizations.ts'
import { readSettings, writeSetting } from '../store/settings.ts'

export interface AdminContext {
  database: Database
  settingDefaults: Settings
}

export interface AdminCommand {
  summary: string
  /** Option names, in the order in which the help shows them; a trailing `?` marks one that may be left out. */
  options: string[]
  run(context: AdminContext, options: Record<string, string>): Promise<Record<string, unknown>>
}

const environment = z.enum(['live', 'sandbox'])
const text = z.string().min(1).max(255)
const currency = z.string().refine(isSupportedCurrency, 'must be a currency that can be charged, such as USD')
const count = z.coerce.number().int().min(0)

function read<Shape extends z.ZodRawShape>(
  options: Record<string, string>,
  shape: Shape,
): z.output<z.ZodObject<Shape>> {
  const parsed = z.strictObject(shape).safeParse(options)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Failure('invalid_request', issue!.message, { param: `--${issue!.path.join('.')}` })
}

async function requireOrganization(database: Database, id: string): Promise<void> {
  if (!(await findOrganization(database, id)))
    throw new Failure('not_found', 'there is no such organization', { param: '--organization' })
}

/** How anything begins: organizations, brands, keys, items, settings; and what operators do to an onboarding. */
export const commands: Record<string, AdminCommand> = {
  'create-organization': {
    summary: 'Create an organization',
    options: ['name', 'currency?'],
    run: ({ database }, options) =>
      insertOrganization(database, read(options, { name: text, currency: currency.default('USD') })).then((o) => ({
        ...o,
      })),
  },

  'create-brand': {
    summary: 'Create a brand: the look of the hosted page',
    options: ['organization', 'name', 'colour?', 'logo-url?', 'support-contact?'],
    async run({ database }, options) {
      const input = read(options, {
        organization: text,
        name: text,
        colour: z
          .string()
          .regex(/^#[0-9a-f]{6}$/, 'must be a colour such as #2f5bd7')
          .optional(),
        'logo-url': z.url({ protocol: /^https$/ }).optional(),
        'support-contact': text.optional(),
      })
      await requireOrganization(database, input.organization)
      const { id, number, name } = await insertBrand(database, {
        organizationId: input.organization,
        name: input.name,
        colour: input.colour ?? null,
        logoUrl: input['logo-url'] ?? null,
        supportContact: input['support-contact'] ?? null,
      })
      return { id, number, name }
    },
  },

  'create-key': {
    summary: 'Create an API key; it is shown this once',
    options: ['organization', 'environment', 'kind?', 'name?'],
    async run({ database }, options) {
      const kind = z.enum(['secret', 'publishable']).default('secret')
      const input = read(options, { organization: text, environment, kind, name: z.string().max(255).default('') })
      await requireOrganization(database, input.organization)
      return { ...(await insertApiKey(database, { ...input, organizationId: input.organization })) }
    },
  },

  'revoke-key': {
    summary: 'Revoke an API key at once',
    options: ['key'],
    async run({ database }, options) {
      const { key } = read(options, { key: text })
      if (!(await revokeApiKey(database, key)))
        throw new Failure('not_found', 'there is no such key in force', { param: '--key' })
      return { id: key, revoked: true }
    },
  },

  'create-item': {
    summary: 'Create a billable item',
    options: ['organization', 'environment', 'name', 'type', 'amount', 'currency?'],
    async run({ database }, options) {
      const type = z.enum(['one_off', 'recurring', 'trigger'])
      const input = read(options, {
        organization: text,
        environment,
        name: text,
        type,
        amount: count,
        currency: currency.default('USD'),
      })
      await requireOrganization(database, input.organization)
      const { id, name, status } = await insertBillableItem(database, { ...input, organizationId: input.organization })
      return { id, name, type: input.type, status }
    },
  },

  'set-item': {
    summary: 'Withdraw a billable item, or offer it again',
    options: ['organization', 'environment', 'item', 'status'],
    async run({ database }, options) {
      const input = read(options, {
        organization: text,
        environment,
        item: text,
        status: z.enum(['active', 'inactive']),
      })
      const changed = await setBillableItemStatus(
        database,
        { organizationId: input.organization, environment: input.environment },
        input.item,
        input.status,
      )
      if (!changed) throw new Failure('not_found', 'there is no such item', { param: '--item' })
      return { id: changed.id, status: changed.status }
    },
  },

  'set-setting': {
    summary: `Set one of: ${Object.values(settingRules)
      .map(({ name }) => name)
      .join(', ')}`,
    options: ['organization', 'environment', 'name', 'value'],
    async run({ database }, options) {
      const input = read(options, { organization: text, environment, name: text, value: z.string() })
      const rule = Object.values(settingRules).find(({ name }) => name === input.name)
      if (!rule) throw new Failure('invalid_request', 'is not a setting', { param: '--name' })
      const value = parseValue(input.value)
      if (!rule.accepts(value)) throw new Failure('invalid_request', `must be ${rule.rule}`, { param: '--value' })
      await requireOrganization(database, input.organization)
      await writeSetting(database, {
        organizationId: input.organization,
        environment: input.environment,
        name: input.name,
        value,
      })
      return { name: input.name, value }
    },
  },

  cancel: {
    summary: 'End the live onboarding of a billing customer; money that came is returned',
    options: ['billing-customer', 'reason', 'operator?'],
    run: (context, options) =>
      act(context, options, { reason: text }, ({ reason }) => ({ name: 'cancel', reason: reason! })),
  },
  extend: {
    summary: 'Let the setup link live so many seconds from now',
    options: ['billing-customer', 'seconds', 'operator?'],
    run: (context, options) =>
      act(context, options, { seconds: count }, ({ seconds }) => ({ name: 'extend', seconds: Number(seconds) })),
  },
  'replace-link': {
    summary: 'Make the setup link useless and begin a new one; POST /v1/billing_customers/{id}/setup_link gives it out',
    options: ['billing-customer', 'seconds?', 'operator?'],
    run: (context, options) =>
      act(context, options, { seconds: count.optional() }, ({ seconds }) => ({
        name: 'replaceLink',
        ...(seconds === undefined ? {} : { seconds: Number(seconds) }),
      })),
  },
  'retry-now': {
    summary: 'Do not wait for the next retry of the live onboarding',
    options: ['billing-customer', 'operator?'],
    run: (context, options) => act(context, options, {}, () => ({ name: 'retryNow' })),
  },
}

/** A value is JSON where it can be read as such, else a text: `true`, `7`, `["https://a.example"]`, `help@a.example`. */
function parseValue(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** Carries an operator's command out on the row; the run notices within seconds, also where Temporal is away just now. */
async function act(
  { database, settingDefaults }: AdminContext,
  options: Record<string, string>,
  shape: z.ZodRawShape,
  toCommand: (input: Record<string, string | undefined>) => OnboardingCommand,
): Promise<Record<string, unknown>> {
  const input = read(options, {
    'billing-customer': text,
    operator: z.string().max(100).default(''),
    ...shape,
  }) as Record<string, string>
  const id = input['billing-customer']!
  const tenant = await findTenantOf(database, id)
  const onboarding = tenant && (await readLatestFacts(database, id))
  if (!tenant || !onboarding)
    throw new Failure('not_found', 'there is no such billing customer', { param: '--billing-customer' })
  const settings = await readSettings(database, settingDefaults, tenant.organizationId, tenant.environment)
  const actor = input.operator ? (`operator ${input.operator}` as const) : 'operator'
  const command = toCommand(input)
  const done = await applyCommand(
    database,
    { billingCustomerId: id, onboardingId: onboarding.id, actor },
    command,
    settings,
  )
  if (done === 'ended') throw new Failure('conflict', 'has no live onboarding', { param: '--billing-customer' })
  return { billing_customer: id, onboarding: onboarding.id, command: command.name }
}
