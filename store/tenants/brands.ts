import type { Author } from '../../domain/events/author.ts'
import { brandLookNames, givenLooks, plainLooks, type BrandLooks } from '../../domain/tenant/brand-looks.ts'
import type { Database, Sql } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { afterCursor, readPage, type Page, type PageRequest } from '../database/pages.ts'
import type { Tenant } from '../../domain/reference.ts'
import { changedFields } from '../events/changed-fields.ts'
import { insertTenantEvent } from '../events/events.ts'

export interface Brand extends Tenant, BrandLooks {
  id: string
  number: number
  name: string
  createdAt: Date
}

const looks = (sql: Sql) => sql`${sql(brandLookNames)}`
const columns = (sql: Sql) => sql`id, number, organization_id, environment, name, ${looks(sql)}, created_at`

export interface NewBrand extends Tenant, Partial<BrandLooks> {
  id?: string
  name: string
}

/**
 * Inserts a brand, with the event. If the id exists, returns that brand: an earlier attempt of this call inserted it.
 */
export async function insertBrand(database: Database, brand: NewBrand, author: Author): Promise<Brand> {
  const { id = newId('brand'), organizationId, environment, name } = brand
  const row = { id, organizationId, environment, name, ...plainLooks, ...givenLooks(brand) }
  const made = (await database.begin(async (sql) => {
    const [inserted] = await sql<Brand[]>`
      insert into brands ${sql(row)} on conflict (id) do nothing returning ${columns(sql)}`
    if (inserted) await insertTenantEvent(sql, brand, { type: 'brand.created', ...author, data: { brand_id: id } })
    return inserted
  })) as Brand | undefined
  return made ?? (await findBrand(database, brand, id))!
}

const numberIn = (text: string) => (/^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0)

/** Finds a brand of this tenant by its id or by its number as text. */
export async function findBrand(
  sql: Sql,
  { organizationId, environment }: Tenant,
  idOrNumber: string,
): Promise<Brand | undefined> {
  const [row] = await sql<Brand[]>`
    select ${columns(sql)} from brands
    where organization_id = ${organizationId} and environment = ${environment}
      and (id = ${idOrNumber} or number = ${numberIn(idOrNumber)})`
  return row
}

/**
 * Finds the brand of a call. Also accepts the id or number of the live brand from which it was split: sandbox callers
 * may still use that one.
 */
export async function findNamedBrand(sql: Sql, tenant: Tenant, idOrNumber: string): Promise<Brand | undefined> {
  const found = await findBrand(sql, tenant, idOrNumber)
  if (found) return found
  const { organizationId, environment } = tenant
  const [row] = await sql<Brand[]>`
    select ${columns(sql)} from brands
    where organization_id = ${organizationId} and environment = ${environment} and split_from = (
      select id from brands where organization_id = ${organizationId}
        and (id = ${idOrNumber} or number = ${numberIn(idOrNumber)})
    )`
  return row
}

/** The parts of a brand that the hosted page shows. */
export type PageBrand = Pick<Brand, 'name'> & BrandLooks

/** The placeholder for the brand in the link of a billing customer without a brand. */
export const noBrand = '1'

/**
 * Returns the appearance of the page that a link opens: the billing customer's current brand, or only the name of the
 * organization. Undefined if no link of the billing customer has ever contained `reference`.
 */
export async function findBrandOfLink(
  sql: Sql,
  billingCustomerId: string,
  reference: string,
): Promise<PageBrand | undefined> {
  const [row] = await sql<PageBrand[]>`
    select coalesce(r.name, o.name) as name, ${looks(sql)}
    from billing_customers b
      join organizations o on o.id = b.organization_id
      left join brands r on r.id = b.brand_id
    where b.id = ${billingCustomerId}
      and (coalesce(b.brand_id, ${noBrand}) = ${reference} or ${reference} = any(b.former_brand_ids))`
  return row
}

/** Returns a page of the tenant's brands, newest first. */
export async function listBrands(
  sql: Sql,
  { organizationId, environment }: Tenant,
  { limit, cursor }: PageRequest,
): Promise<Page<Brand>> {
  const list = sql`
    select ${columns(sql)}, 700 + octet_length(concat(name, ${looks(sql)})) as row_bytes from brands
    where organization_id = ${organizationId} and environment = ${environment}
      and ${afterCursor(sql, sql`id`, cursor, 'brand')}`
  return readPage(sql, list, { limit })
}

/** Updates the given fields of a brand, with the event if one of them changes. */
export async function updateBrand(
  database: Database,
  id: string,
  changes: Partial<Pick<Brand, 'name'> & BrandLooks>,
  author: Author,
): Promise<void> {
  await database.begin(async (sql) => {
    const [before] = await sql<Brand[]>`select ${columns(sql)} from brands where id = ${id} for no key update`
    const changed = changedFields(before!, changes)
    if (changed.length === 0) return
    await sql`update brands set ${sql(changes as Record<string, never>)} where id = ${id}`
    await insertTenantEvent(sql, before!, { type: 'brand.updated', ...author, data: { brand_id: id, changed } })
  })
}
