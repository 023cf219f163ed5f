import type { Sql } from './database.ts'
import { newId } from './new-id.ts'
import { afterCursor, readPage, type Page, type PageRequest } from './pages.ts'

export interface Brand {
  id: string
  number: number
  organizationId: string
  name: string
  logoUrl: string | null
  colour: string | null
  supportContact: string | null
  createdAt: Date
}

const columns = (sql: Sql) => sql`id, number, organization_id, name, logo_url, colour, support_contact, created_at`

export type NewBrand = Pick<Brand, 'organizationId' | 'name'> &
  Partial<Pick<Brand, 'id' | 'logoUrl' | 'colour' | 'supportContact'>>

/** Inserts a brand; one with the same id is answered as it is, being this call's own first try. */
export async function insertBrand(sql: Sql, brand: NewBrand): Promise<Brand> {
  const { id = newId('brand'), organizationId, name, logoUrl = null, colour = null, supportContact = null } = brand
  const [row] = await sql<Brand[]>`
    insert into brands ${sql({ id, organizationId, name, logoUrl, colour, supportContact })}
    on conflict (id) do nothing
    returning ${columns(sql)}`
  return row ?? (await findBrand(sql, organizationId, id))!
}

/** Finds a brand of this organization by its id or by its number written as a text. */
export async function findBrand(sql: Sql, organizationId: string, idOrNumber: string): Promise<Brand | undefined> {
  const number = /^[1-9]\d{0,15}$/.test(idOrNumber) ? Number(idOrNumber) : 0
  const [row] = await sql<Brand[]>`
    select ${columns(sql)} from brands
    where organization_id = ${organizationId} and (id = ${idOrNumber} or number = ${number})`
  return row
}

/** A page of the organization's brands, newest first. */
export async function listBrands(
  sql: Sql,
  organizationId: string,
  { limit, cursor }: PageRequest,
): Promise<Page<Brand>> {
  const list = sql`
    select ${columns(sql)}, 300 + octet_length(concat(name, logo_url, support_contact)) as row_bytes from brands
    where organization_id = ${organizationId} and ${afterCursor(sql, sql`id`, cursor)}`
  return readPage(sql, list, { limit })
}

/** Changes what is named and nothing else. */
export async function updateBrand(
  sql: Sql,
  id: string,
  changes: Partial<Pick<Brand, 'name' | 'logoUrl' | 'colour' | 'supportContact'>>,
): Promise<void> {
  if (Object.keys(changes).length > 0)
    await sql`update brands set ${sql(changes as Record<string, never>)} where id = ${id}`
}
