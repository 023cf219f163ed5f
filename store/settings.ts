import type { Environment } from '../domain/lifecycle.ts'
import { settingsFrom, type Settings } from '../domain/settings.ts'
import type { Sql } from './database.ts'

/** What this organization set for this environment, over `defaults`. */
export async function readSettings(
  sql: Sql,
  defaults: Settings,
  organizationId: string,
  environment: Environment,
): Promise<Settings> {
  const stored = await sql<{ name: string; value: unknown }[]>`
    select name, value from settings where organization_id = ${organizationId} and environment = ${environment}`
  return settingsFrom(stored, defaults)
}

/** Stores one setting; `value` was checked against `settingRules`. */
export async function writeSetting(
  sql: Sql,
  setting: { organizationId: string; environment: Environment; name: string; value: unknown },
): Promise<void> {
  const { organizationId, environment, name, value } = setting
  await sql`
    insert into settings (organization_id, environment, name, value)
    values (${organizationId}, ${environment}, ${name}, ${sql.json(value as never)})
    on conflict (organization_id, environment, name) do update set value = excluded.value, updated_at = now()`
}
