import type { Author } from '../../domain/events/author.ts'
import { settingsFrom, type Settings, type StoredSetting } from '../../domain/tenant/settings.ts'
import type { Database, Sql } from '../database/database.ts'
import type { Tenant } from '../../domain/reference.ts'
import { insertTenantEvent } from '../events/events.ts'

/** Returns the settings of a tenant, merged over `defaults`. */
export async function readSettings(
  sql: Sql,
  defaults: Settings,
  { organizationId, environment }: Tenant,
): Promise<Settings> {
  const stored = await sql<StoredSetting[]>`
    select name, value from settings where organization_id = ${organizationId} and environment = ${environment}`
  return settingsFrom(stored, defaults)
}

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
