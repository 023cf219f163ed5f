import type { Sql } from './database.ts'
import { newId } from './new-id.ts'

export interface Organization {
  id: string
  name: string
  currency: string
}

export async function insertOrganization(
  sql: Sql,
  { name, currency }: { name: string; currency: string },
): Promise<Organization> {
  const id = newId('organization')
  await sql`insert into organizations ${sql({ id, name, currency })}`
  return { id, name, currency }
}

export async function findOrganization(sql: Sql, id: string): Promise<Organization | undefined> {
  const [row] = await sql<Organization[]>`select id, name, currency from organizations where id = ${id}`
  return row
}
