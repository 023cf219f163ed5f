import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../../store/database/database.ts'
import { migrate } from '../../../store/schema/migrate.ts'
import type { TestDatabase } from '../../support/servers/database.ts'
import { migratedBefore, migrateBefore } from '../../support/servers/migrated-before.ts'
import { tables, writeAsBefore } from './rows-before.ts'

// Migrations 0053 to 0055 on a database with rows from before, while the release before goes on writing to it.

const [columns, filling, last] = ['0053_accounts_of_rows.sql', '0054_fill_accounts.sql', '0055_accounts_not_null.sql']
const rows = 2_500

let database: TestDatabase
beforeAll(async () => {
  database = await migratedBefore(columns!)
  await database.sql`insert into organizations (id, name) values ('org_1', 'Northwind')`
})
afterAll(() => database.drop())

/** Returns the number of rows of each table by account. */
async function countByAccount(): Promise<Record<string, Record<string, number>>> {
  const counts = tables.map(async (table) => {
    const found = await database.sql.unsafe<{ account: string; count: number }[]>(
      `select coalesce(account_id, 'none') as account, count(*)::integer as count from ${table} group by 1`,
    )
    return [table, Object.fromEntries(found.map(({ account, count }) => [account, count]))] as const
  })
  return Object.fromEntries(await Promise.all(counts))
}

test('rows of each release, written at any time, get the account of their gateway and environment', async () => {
  const { sql } = database
  await writeAsBefore(database.sql, 1, rows)
  await migrateBefore(database, filling!)
  await writeAsBefore(database.sql, rows + 1, rows + 10)
  expect((await countByAccount()).charges).toEqual({ none: rows, ga_stripe_sandbox: 5, ga_paypal_live: 5 })
  // The release before updates rows that were not filled yet.
  await sql`update payment_objects set state = 'paid' where onboarding_id = 'onb_2'`
  await sql`update approval_sessions set c = 1 where onboarding_id = 'onb_3'`
  await sql`update billing_customers set gateway = 'paypal', payment_method_id = 'pm_6' where id = 'bc_6'`
  await sql`update billing_customers set status = 'active' where id = 'bc_4'`

  await migrateBefore(database, last!)
  await writeAsBefore(database.sql, rows + 11, rows + 20)
  const notices: string[] = []
  const debugging = postgres(database.url, {
    max: 1,
    onnotice: ({ message = '' }) => notices.push(message),
    connection: { client_min_messages: 'debug1' },
    transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
  })
  await migrate(debugging as unknown as Database)
  await debugging.end()
  // Otherwise PostgreSQL would read each table while nobody can write to it.
  expect(notices.filter((text) => text.includes('are sufficient to prove'))).toHaveLength(tables.length - 1)
  await writeAsBefore(database.sql, rows + 21, rows + 30)
  const half = (rows + 30) / 2
  const all = { ga_stripe_sandbox: half, ga_paypal_live: half }
  const { billing_customers: holders, ...others } = await countByAccount()
  expect(others).toEqual(Object.fromEntries(tables.slice(0, -1).map((table) => [table, all])))
  const withoutMethod = await sql`
    select 1 from billing_customers where (account_id is null) <> (payment_method_id is null)`
  expect(withoutMethod).toHaveLength(0)
  expect(holders).toMatchObject({ ga_paypal_sandbox: 1 })
  const [moved] = await sql`select account_id from billing_customers where id = 'bc_6'`
  expect(moved).toEqual({ accountId: 'ga_paypal_sandbox' })
})

test('the release before can save a method at another gateway, but not at an own account', async () => {
  const { sql } = database
  await sql`update billing_customers set gateway = 'paypal', payment_method_id = 'token_8' where id = 'bc_8'`
  await sql`
    insert into gateway_accounts (id, organization_id, environment, gateway, vendor_account_id, wrapped_key)
    values ('ga_own', 'org_1', 'sandbox', 'stripe', 'acct_1', '')`
  await sql`
    update billing_customers set gateway = 'stripe', payment_method_id = 'pm', account_id = 'ga_own' where id = 'bc_10'`
  await sql`update billing_customers set status = 'suspended' where id = 'bc_10'`
  const found = await sql`select id, account_id from billing_customers where id in ('bc_8', 'bc_10') order by id`
  expect(found).toEqual([
    { id: 'bc_10', accountId: 'ga_own' },
    { id: 'bc_8', accountId: 'ga_paypal_sandbox' },
  ])
})

test('an object is unique within its account, and an account at the gateway has one row', async () => {
  const { sql } = database
  const again = sql`
    insert into gateway_accounts (id, organization_id, environment, gateway, vendor_account_id, wrapped_key, status)
    values ('ga_again', 'org_1', 'sandbox', 'stripe', 'acct_1', '', 'disabled')`
  await expect(again).rejects.toThrow('gateway_accounts_environment_gateway_vendor_account_id_key')
  const indexes = await sql<{ name: string }[]>`
    select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relname like '%\\_account' and i.indisunique and i.indisvalid order by 1`
  expect(indexes.map(({ name }) => name)).toEqual([
    ...['charges_refund_of_account', 'gateway_customers_of_account', 'gateway_events_of_account'],
    ...['method_removals_of_account', 'payment_attempts_of_account', 'payment_objects_of_account'],
  ])
})
