import { settingsFrom, type Settings, type StoredSetting } from '../../domain/tenant/settings.ts'
import type { Database, Sql } from '../database/database.ts'
import type { Tenant } from '../../domain/reference.ts'

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

/** Stores one setting. `value` must have passed `settingRules`. */
export async function writeSetting(sql: Sql, setting: Tenant & { name: string; value: unknown }): Promise<void> {
  const { organizationId, environment, name, value } = setting
  await sql`
    insert into settings (organization_id, environment, name, value)
    values (${organizationId}, ${environment}, ${name}, ${sql.json(value as never)})
    on conflict (organization_id, environment, name) do update set value = excluded.value, updated_at = now()`
}

/** Stores settings in one transaction. Each must have passed `settingRules`; null restores the default. */
export async function changeSettings(
  database: Database,
  { organizationId, environment }: Tenant,
  values: Record<string, unknown>,
): Promise<void> {
  await database.begin(async (sql) => {
    for (const [name, value] of Object.entries(values))
      await (value === null
        ? sql`delete from settings where organization_id = ${organizationId} and environment = ${environment}
          and name = ${name}`
        : writeSetting(sql, { organizationId, environment, name, value }))
  })
}
