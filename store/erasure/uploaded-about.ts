import type { Sql } from '../database/database.ts'
import type { Holding } from './holdings.ts'
import type { DataSubject } from './subject.ts'

/**
 * Condition on rows `t` of files `b` that did not become a record: they are about the customer and about nobody else.
 * It had their external id at the upload, or it was the last one that had had it.
 */
export const surelyUploadedAbout = (sql: Sql, subject: DataSubject) => sql`
  ${isNamed(sql, subject)} and ${isHeld(sql, ownOf(subject).map(asNamed))} and not ${isHeld(sql, othersOf(subject))}`

/** As `surelyUploadedAbout`, also with those of which nobody knows which customer they are about. */
export const perhapsUploadedAbout = (sql: Sql, subject: DataSubject) => sql`
  ${isNamed(sql, subject)}
    and (${isHeld(sql, ownOf(subject))} or not ${isHeld(sql, othersOf(subject).map(asNamed))})`

const isNamed = (sql: Sql, { organizationId, environment, deletedAt, externalIds }: DataSubject) => sql`
  t.external_id = any(${externalIds}) and t.billing_customer_id is null
  and b.organization_id = ${organizationId} and b.environment = ${environment}
  and b.created_at <= coalesce(${deletedAt}::timestamptz, 'infinity')`

const ownOf = ({ customerId, holdings }: DataSubject) => holdings.filter((holding) => holding.customerId === customerId)
const othersOf = ({ customerId, holdings }: DataSubject) =>
  holdings.filter((holding) => holding.customerId !== customerId)
/** A former external id names its last holder while nobody has it. */
const asNamed = (holding: Holding): Holding => ({ ...holding, until: holding.namesUntil })

/** Condition: one of these customers had the external id of the row at the upload. */
const isHeld = (sql: Sql, holdings: Holding[]) => sql`exists (
  select from unnest(
    ${holdings.map(({ externalId }) => externalId)}::text[], ${holdings.map(({ since }) => since)}::text[],
    ${holdings.map(({ until }) => until)}::text[]
  ) as held (external_id, since, until)
  where held.external_id = t.external_id
    and b.created_at between held.since::timestamptz and held.until::timestamptz)`
