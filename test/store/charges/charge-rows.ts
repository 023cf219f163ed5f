import type { Database } from '../../../store/database/database.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'
import { idSql, insertOldCustomers, insertRows } from '../retention/retention-rows.ts'

// Charges by number: number 7 is of payment object `pi_7`, which is paid, at `shared` unless another account is given.

export const shared = 'ga_stripe_sandbox'
export const other = 'ga_other'
const organization = 'org_of_charges'

type Columns = Record<string, string>
/** The SQL of columns that are not as usual. */
export interface ChargeColumns {
  charge?: Columns
  onboarding?: Columns
  object?: Columns
}

/** Creates a database with two gateway accounts. */
export async function databaseOfCharges(): Promise<TestDatabase> {
  const database = await freshDatabase()
  await database.sql`insert into organizations (id, name) values (${organization}, 'Charges')`
  await database.sql`
    insert into gateway_accounts (id, organization_id, environment, gateway, vendor_account_id, wrapped_key)
    values (${other}, ${organization}, 'sandbox', 'stripe', 'acct_other', ${Buffer.from('x')})`
  return database
}

/** Inserts the charges of these numbers, of half a year ago, each paid and kept. No trigger fires. */
export async function insertCharges(
  sql: Database,
  numbers: readonly [number, number],
  { charge = {}, onboarding = {}, object = {} }: ChargeColumns = {},
): Promise<void> {
  await insertOldCustomers(sql, { organization, numbers, charge, onboarding })
  await insertRows(sql, 'payment_objects', numbers, {
    ...{ account_id: charge.account_id ?? `'${shared}'`, environment: `'sandbox'`, gateway: `'stripe'` },
    ...{ onboarding_id: idSql('onb'), k: '1', kind: `'payment'`, gateway_customer_id: `'cus_at_' || i` },
    ...{ object_id: `'pi_' || i`, amount: '1500', currency: `'USD'`, state: `'paid'`, closed_at: 'now()' },
    ...object,
  })
}

/** Inserts a refund of 300 of a charge. Its id at the gateway is `re_` and the number. */
export const insertRefund = (sql: Database, number: number, columns: Columns = {}) =>
  insertRows(sql, 'refunds', [number, number], {
    ...{ id: idSql('rfd'), charge_id: idSql('ch'), source: `'gateway'`, amount: '300', rest: 'false' },
    ...{ state: `'succeeded'`, r: '1', gateway_refund_id: `'re_' || i` },
    ...columns,
  })

export const chargeId = (number: number) => `ch_${String(number).padStart(26, '0')}`

/** Returns the numbers of the charges for which a condition holds, in order. */
export async function numbersOf(sql: Database, condition: 'differs_since' | 'unlisted_since'): Promise<number[]> {
  const rows = await sql<{ id: string }[]>`select id from charges where ${sql(condition)} is not null order by id`
  return rows.map(({ id }) => Number(id.slice(3)))
}
