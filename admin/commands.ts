import { z } from 'zod'
import { Failure } from '../domain/failures.ts'
import { isSupportedCurrency } from '../domain/money.ts'
import { scopes } from '../domain/scopes.ts'
import { settingRules, whySettingDoesNotFit } from '../domain/settings.ts'
import { logoOrigin, logoRule } from '../domain/web-addresses.ts'
import { insertApiKey, revokeApiKey } from '../store/api-keys.ts'
import { insertBillableItem, setBillableItemStatus } from '../store/billable-items.ts'
import { insertBrand } from '../store/brands.ts'
import { forgottenEverywhere } from '../store/caller-memory.ts'
import type { Database } from '../store/database.ts'
import { findOrganization, insertOrganization, type Organization } from '../store/organizations.ts'
import { writeSetting } from '../store/settings.ts'
import { read, text, count, type AdminCommand } from './command.ts'
import { operatorCommands } from './operators.ts'

const environment = z.enum(['live', 'sandbox'])
const currency = z.string().refine(isSupportedCurrency, 'must be a currency that Stripe or PayPal takes, such as USD')

async function requireOrganization(database: Database, id: string): Promise<Organization> {
  const found = await findOrganization(database, id)
  if (!found) throw new Failure('not_found', 'there is no such organization', { param: '--organization' })
  return found
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
    summary: 'Create a brand: the look of the hosted page in one environment, sandbox unless given',
    options: ['organization', 'environment?', 'name', 'colour?', 'logo-url?', 'support-contact?'],
    async run({ database }, options) {
      const input = read(options, {
        organization: text,
        environment: environment.default('sandbox'),
        name: text,
        colour: z
          .string()
          .regex(/^#[0-9a-f]{6}$/, 'must be a colour such as #2f5bd7')
          .optional(),
        'logo-url': z
          .string()
          .max(2000)
          .refine((address) => logoOrigin(address) !== undefined, logoRule)
          .optional(),
        'support-contact': z.string().min(1).max(200).optional(),
      })
      await requireOrganization(database, input.organization)
      const made = await insertBrand(database, {
        organizationId: input.organization,
        environment: input.environment,
        name: input.name,
        colour: input.colour ?? null,
        logoUrl: input['logo-url'] ?? null,
        supportContact: input['support-contact'] ?? null,
      })
      return { id: made.id, number: made.number, environment: made.environment, name: made.name }
    },
  },

  'create-key': {
    summary: 'Create an API key; it is shown this once',
    options: ['organization', 'environment', 'kind?', 'name?', 'scopes?', 'expires-in-days?'],
    async run({ database }, options) {
      const kind = z.enum(['secret', 'publishable']).default('secret')
      const input = read(options, {
        organization: text,
        environment,
        kind,
        name: z.string().max(255).default(''),
        scopes: z
          .string()
          .transform((list) => list.split(','))
          .pipe(z.array(z.enum(scopes)))
          .transform((list) => [...new Set(list)])
          .default(['*']),
        'expires-in-days': z.coerce.number().positive().max(3660).optional(),
      })
      const { organization: organizationId, 'expires-in-days': days, ...key } = input
      await requireOrganization(database, organizationId)
      const expiresAt = days === undefined ? null : new Date(Date.now() + days * 86_400_000)
      return insertApiKey(database, { ...key, organizationId, expiresAt }).then((made) => ({ ...made, expiresAt }))
    },
  },

  'revoke-key': {
    summary: 'Revoke an API key at once',
    options: ['key'],
    async run({ database }, options) {
      const { key } = read(options, { key: text })
      if (!(await revokeApiKey(database, key)))
        throw new Failure('not_found', 'there is no such key in force', { param: '--key' })
      await forgottenEverywhere()
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
      const { currency } = await requireOrganization(database, input.organization)
      const wrong = whySettingDoesNotFit(input.name, value, currency)
      if (wrong) throw new Failure('invalid_request', wrong, { param: '--value' })
      await writeSetting(database, {
        organizationId: input.organization,
        environment: input.environment,
        name: input.name,
        value,
      })
      await forgottenEverywhere()
      return { name: input.name, value }
    },
  },

  ...operatorCommands,
}

/** A value is JSON where it can be read as such, else a text: `true`, `7`, `["https://a.example"]`, `help@a.example`. */
function parseValue(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
