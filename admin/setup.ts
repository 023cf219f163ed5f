import { z } from 'zod'
import { byOperator } from '../domain/events/author.ts'
import { invalid, notFound } from '../domain/failure/failures.ts'
import { givenLooks } from '../domain/tenant/brand-looks.ts'
import { insertApiKey, revokeApiKey } from '../store/tenants/api-keys.ts'
import { insertBrand } from '../store/tenants/brands.ts'
import { findOrganization, insertOrganization, type Organization } from '../store/tenants/organizations.ts'
import type { Sql } from '../store/database/database.ts'
import { brandOptions, toLooks } from './brand-options.ts'
import { command, type AdminCommand } from './command.ts'
import { currency, environment, option, organization, scopeList, tenant, text, wholeNumber } from './options.ts'

/** Returns the organization of `--organization`. Throws `not_found`. */
export async function requireOrganization(sql: Sql, id: string): Promise<Organization> {
  const found = await findOrganization(sql, id)
  if (!found) throw notFound('Organization', '--organization')
  return found
}

/** Organizations, brands and API keys. */
export const setupCommands: Record<string, AdminCommand> = {
  'create-organization': command(
    'Create an organization',
    {
      name: text,
      currency: option(currency.default('USD'), 'ISO 4217', 'default for its settings and items; USD if omitted'),
    },
    ({ database }, input) => insertOrganization(database, input),
  ),

  'create-brand': command(
    'Create a brand: the appearance of the hosted page in one environment',
    {
      organization,
      environment: option(environment.default('sandbox'), 'live|sandbox', 'default: sandbox'),
      name: text,
      ...brandOptions,
    },
    async ({ database }, input) => {
      await requireOrganization(database, input.organization)
      const looks = givenLooks(toLooks(input))
      const wanted = {
        organizationId: input.organization,
        environment: input.environment,
        name: input.name,
        ...looks,
      }
      const { id, number, environment, name } = await insertBrand(database, wanted, byOperator())
      return { id, number, environment, name, ...looks }
    },
  ),

  'create-key': command(
    'Create an API key; the key is shown only once',
    {
      ...tenant,
      kind: option(z.enum(['secret', 'publishable']).default('secret'), 'secret|publishable', 'default: secret'),
      name: option(z.string().max(255).default(''), 'text'),
      scopes: scopeList,
      'expires-in-days': option(
        wholeNumber(1, 3660, 'a whole number of days from 1 to 3660').optional(),
        'days',
        'default: never',
      ),
    },
    async ({ database }, { organization: organizationId, scopes, 'expires-in-days': days, ...key }) => {
      if (key.kind === 'secret' && !scopes)
        throw invalid('--scopes', 'is required for a secret key: * grants everything')
      if (key.kind === 'publishable' && scopes)
        throw invalid('--scopes', 'must not be set: a publishable key has no scopes')
      await requireOrganization(database, organizationId)
      const expiresAt = days === undefined ? null : new Date(Date.now() + days * 86_400_000)
      const wanted = { ...key, scopes: scopes ?? [], organizationId, expiresAt }
      return {
        ...(await insertApiKey(database, wanted, byOperator())),
        environment: key.environment,
        scopes: wanted.scopes,
        expiresAt,
      }
    },
  ),

  'revoke-key': command(
    'Revoke an API key; every API process rejects it within 0.25 seconds',
    { key: option(text, 'key_…') },
    async ({ database }, { key }) => {
      if (!(await revokeApiKey(database, key, byOperator()))) throw notFound('Active API key', '--key')
      return { id: key, revoked: true }
    },
  ),
}
