import type { Tenant } from '../../domain/reference.ts'
import type { Sql } from '../database/database.ts'
import { givenUp, listHoldings, type Holding } from './holdings.ts'

/** A customer, with what its data is found by. */
export interface DataSubject extends Tenant {
  customerId: string
  deletedAt: Date | null
  /** Its current and former external ids. */
  externalIds: string[]
  /** When it and other customers had these external ids. */
  holdings: Holding[]
  /** Its billing customer, if it had one. */
  billingCustomerIds: string[]
}

export interface ErasureSubject extends DataSubject {
  deletedAt: Date
}

/** Returns what the data of a customer is found by, deleted or not; undefined for an unknown customer. */
export async function readDataSubject(sql: Sql, customerId: string): Promise<DataSubject | undefined> {
  const [subject] = await sql<Omit<DataSubject, 'holdings'>[]>`
    select c.id as customer_id, c.organization_id, c.environment, c.deleted_at,
      array(
        select c.external_id where c.external_id is not null
        union
        select f.external_id from ${givenUp(sql)} f where f.customer_id = c.id
      ) as external_ids,
      array(
        select b.id from billing_customers b
        where b.environment = c.environment and b.organization_id = c.organization_id and b.customer_id = c.id
      ) as billing_customer_ids
    from customers c where c.id = ${customerId}`
  return subject && { ...subject, holdings: await listHoldings(sql, subject, subject.externalIds) }
}

/** Returns what the data of a deleted customer is found by; undefined for a customer that is not deleted. */
export async function readErasureSubject(sql: Sql, customerId: string): Promise<ErasureSubject | undefined> {
  const subject = await readDataSubject(sql, customerId)
  return subject?.deletedAt ? (subject as ErasureSubject) : undefined
}
