import type { Sql } from './database.ts'
import { newId } from './new-id.ts'

export interface Brand {
  id: string
  number: number
  organizationId: string
  name: string
  logoUrl: string | null
  colour: string | null
  supportContact: string | null
}

export type NewBrand = Pick<Brand, 'organizationId' | 'name'> &
  Partial<Pick<Brand, 'logoUrl' | 'colour' | 'supportContact'>>

export async function insertBrand(sql: Sql, brand: NewBrand): Promise<Brand> {
  const { organizationId, name, logoUrl = null, colour = null, supportContact = null } = brand
  const [row] = await sql<Brand[]>`
    insert into brands ${sql({ id: newId('brand'), organizationId, name, logoUrl, colour, supportContact })}
    returning id, number, organization_id, name, logo_url, colour, support_contact`
  return row!
}

/** Finds a brand of this organization by its id or by its number written as a text. */
export async function findBrand(sql: Sql, organizationId: string, idOrNumber: string): Promise<Brand | undefined> {
  const number = /^[1-9]\d{0,15}$/.test(idOrNumber) ? Number(idOrNumber) : 0
  const [row] = await sql<Brand[]>`
    select id, number, organization_id, name, logo_url, colour, support_contact
    from brands
    where organization_id = ${organizationId} and (id = ${idOrNumber} or number = ${number})`
  return row
}
