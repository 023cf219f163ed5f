import type { Author } from '../../domain/events/author.ts'
import {
  ownAccountsRow,
  settingsFrom,
  type Settings,
  type StoredSetting,
  type TenantSettings,
} from '../../domain/tenant/settings.ts'
import type { Database, Sql } from '../database/database.ts'
import type { Tenant } from '../../domain/reference.ts'
import { insertTenantEvent } from '../events/events.ts'

/** Returns the settings of a tenant, merged over `defaults`, with its own gateway accounts. */
export async function readSettings(
  sql: Sql,
  defaults: Settings,
  { organizationId, environment }: Tenant,
): Promise<TenantSettings> {
  const stored = await sql<StoredSetting[]>`
    select name, value from settings where organization_id = ${organizationId} and environment = ${environment}
    union all
    select ${ownAccountsRow}, ${ownAccountsOf(sql, sql`${organizationId}`, sql`${environment}`)}`
  return settingsFrom(stored, defaults)
}

/**
 * Selects the own accounts of a tenant (`OwnAccounts`) as JSON; null without one. An active account comes last, so that
 * it counts where another one is pending. Pending and once verified: it was active before.
 */
export const ownAccountsOf = (sql: Sql, organizationId: ReturnType<Sql>, environment: ReturnType<Sql>) => sql`(
  select jsonb_object_agg(a.gateway, case when a.status = 'active' then a.id end order by a.status = 'active')
  from gateway_accounts a
  where a.organization_id = ${organizationId} and a.environment = ${environment}
    and (a.status = 'active' or (a.status = 'pending' and a.verified_at is not null)))`

/**
 * Stores settings in one transaction, with the event if one of them changes. Each must have passed `settingRules`; null
 * restores the default.
 */
export async function changeSettings(
  database: Database,
  { organizationId, environment }: Tenant,
  values: Record<string, unknown>,
  author: Author,
): Promise<void> {
  const tenant = { organizationId, environment }
  await database.begin(async (sql) => {
    const changed: string[] = []
    for (const [name, value] of Object.entries(values))
      if (await writeSetting(sql, tenant, name, value)) changed.push(name)
    if (changed.length > 0)
      await insertTenantEvent(sql, tenant, { type: 'settings.changed', ...author, data: { changed } })
  })
}

/** Stores one setting, or deletes it if the value is null. Returns whether that changed anything. */
async function writeSetting(
  sql: Sql,
  { organizationId, environment }: Tenant,
  name: string,
  value: unknown,
): Promise<boolean> {
  const { count } = await (value === null
    ? sql`delete from settings
        where organization_id = ${organizationId} and environment = ${environment} and name = ${name}`
    : sql`
        insert into settings as s (organization_id, environment, name, value)
        values (${organizationId}, ${environment}, ${name}, ${sql.json(value as never)})
        on conflict (organization_id, environment, name) do update set value = excluded.value, updated_at = now()
          where s.value is distinct from excluded.value`)
  return count > 0
}
