import type { Sql } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import type { Tenant } from '../../domain/reference.ts'
import { afterCursor, readPage, type Page, type PageRequest } from '../database/pages.ts'

export interface Organization {
  id: string
  name: string
  currency: string
}

/** Inserts an organization with a new id. */
export async function insertOrganization(
  sql: Sql,
  { name, currency }: { name: string; currency: string },
): Promise<Organization> {
  const id = newId('organization')
  await sql`insert into organizations ${sql({ id, name, currency })}`
  return { id, name, currency }
}

/** Returns an organization; undefined if it does not exist. */
export async function findOrganization(sql: Sql, id: string): Promise<Organization | undefined> {
  const [row] = await sql<Organization[]>`select id, name, currency from organizations where id = ${id}`
  return row
}

/** Returns whether no other organization ever had an API key of this environment: without one, none can use it. */
export async function usesEnvironmentAlone(sql: Sql, { organizationId, environment }: Tenant): Promise<boolean> {
  const others = await sql`
    select 1 from api_keys where environment = ${environment} and organization_id <> ${organizationId} limit 1`
  return others.length === 0
}

/** Returns a page of all organizations, newest first. For operators only: callers see only their own. */
export const listOrganizations = (sql: Sql, { limit, cursor }: PageRequest): Promise<Page<Organization>> =>
  readPage(
    sql,
    sql`
      select id, name, currency, 200 + octet_length(name) as row_bytes from organizations
      where ${afterCursor(sql, sql`id`, cursor, 'organization')}`,
    { limit },
  )
