import type { Database, Sql } from '../../../store/database/database.ts'

const tenant = (organization: string) => ({ organization_id: `'${organization}'`, environment: `'sandbox'` })
const gateway = { environment: `'sandbox'`, gateway: `'stripe'`, account_id: `'ga_stripe_sandbox'` }
/** The SQL of an id: 26 digits after the prefix. */
export const idSql = (prefix: string, number = 'i') => `'${prefix}_' || lpad((${number})::text, 26, '0')`

/** Inserts one row for each number `i` of a range into a table; the values are SQL. Foreign keys are not checked. */
export async function insertRows(
  sql: Database,
  table: string,
  [from, to]: readonly [number, number],
  columns: Record<string, string>,
): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`set local session_replication_role = replica`
    await transaction.unsafe(
      `insert into ${table} (${Object.keys(columns).join(', ')})
       select ${Object.values(columns).join(', ')} from generate_series(${from}, ${to}) as i`,
    )
  })
}

export interface OldCustomers {
  organization: string
  numbers: readonly [number, number]
  onboarding?: Record<string, string>
  charge?: Record<string, string>
}

/** Inserts billing customers of half a year ago, each with an onboarding that ended and a charge that succeeded. */
export async function insertOldCustomers(sql: Database, { organization, numbers, onboarding, charge }: OldCustomers) {
  const common = { ...tenant(organization), created_at: `now() - interval '180 days'` }
  const billing = { billing_customer_id: idSql('bc'), gateway: `'stripe'`, currency: `'USD'` }
  await insertRows(sql, 'billing_customers', numbers, {
    ...common,
    ...gateway,
    id: idSql('bc'),
    customer_id: idSql('cus'),
    currency: `'USD'`,
    created_by: `'test'`,
  })
  await insertRows(sql, 'onboardings', numbers, {
    ...common,
    ...billing,
    ...{ id: idSql('onb'), n: '1', require_initial: 'true', amount: '1500', expires_at: 'now()' },
    ...{ ended_at: `now() - interval '180 days'`, result: `'completed'` },
    ...onboarding,
  })
  await insertRows(sql, 'charges', numbers, {
    ...common,
    ...billing,
    ...gateway,
    ...{ id: idSql('ch'), onboarding_id: idSql('onb'), object_onboarding_id: idSql('onb'), k: '1', kind: `'initial'` },
    ...{ amount: '1500', state: `'succeeded'` },
    ...charge,
  })
}

/** The SQL of the columns of event number `i` of billing customer `of`, or of none. Ids sort as `firstId + i`. */
export const eventColumns = (organization: string, of: number | undefined, firstId: number) => ({
  ...tenant(organization),
  id: idSql('evt', `${firstId} + i`),
  type: of === undefined ? `'brand.created'` : `'onboarding.retried'`,
  billing_customer_id: of === undefined ? 'null' : idSql('bc', String(of)),
  sequence: of === undefined ? 'null' : 'i',
  actor: `'system'`,
})

/** The SQL of the columns of a declined attempt of onboarding number `i`. */
export const attemptColumns = (number = '1') => ({
  ...gateway,
  ...{ onboarding_id: idSql('onb'), number, link_version: '1', source: `'page'`, reference: `'ctoken_' || i` },
  ...{ single_use: 'false', amount: '1500', currency: `'USD'`, state: `'declined'`, code: `'card_declined'` },
  created_at: `now() - interval '180 days'`,
  closed_at: `now() - interval '180 days'`,
})

export const gatewayEventColumns = (days: string, prefix: string) => ({
  ...gateway,
  ...{ id: `'${prefix}_' || i`, type: `'payment_intent.succeeded'`, state: `'done'` },
  received_at: `now() - interval '${days}'`,
})

/** Makes the database count the rows that each statement deletes from a table, and returns the counts so far. */
export async function countDeletions(sql: Database, table: string): Promise<() => Promise<number[]>> {
  await sql.unsafe(`
    create table deletions_of_${table} (number bigint generated always as identity, rows integer);
    create function count_deletions_of_${table}() returns trigger language plpgsql as $$
    begin
      insert into deletions_of_${table} (rows) select count(*) from gone having count(*) > 0;
      return null;
    end $$;
    create trigger count_deletions after delete on ${table}
      referencing old table as gone for each statement execute function count_deletions_of_${table}()`)
  return async () => {
    const rows = await sql<{ rows: number }[]>`
      select rows from ${(sql as Sql)(`deletions_of_${table}`)} order by number`
    return rows.map((row) => row.rows)
  }
}
