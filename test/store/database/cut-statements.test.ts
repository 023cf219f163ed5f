import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { byOperator } from '../../../domain/events/author.ts'
import { commands } from '../../../admin/commands.ts'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { findApiKey, insertApiKey } from '../../../store/tenants/api-keys.ts'
import { canEnrollIn } from '../../../store/catalog/billable-items.ts'
import { findBillingCustomer } from '../../../store/billing-customers/billing-customers.ts'
import { findContact } from '../../../store/customers/contacts.ts'
import { openDatabase, type Database } from '../../../store/database/database.ts'
import { reserveKey } from '../../../store/tenants/idempotency-keys.ts'
import { mappedGatewayCustomer, writeMappings } from '../../../store/customers/integration-mappings.ts'
import { openOnboarding } from '../../../store/lifecycle/open-onboarding.ts'
import { findOrganization } from '../../../store/tenants/organizations.ts'
import type { Tenant } from '../../../domain/reference.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'
import { until } from '../../support/until.ts'

// A statement that fails after it sent rows has no CommandComplete. Its rows must not be given to the next statement.

let database: TestDatabase
let tenant: Tenant
/** One connection, so that each statement runs right after the aborted one. */
let sql: Database
beforeAll(async () => {
  database = await freshDatabase()
  const context = { database: database.sql, settingDefaults: builtInSettings }
  const { id } = (await commands['create-organization']!.run(context, { name: 'Cut' })) as { id: string }
  tenant = { organizationId: id, environment: 'sandbox' }
})
afterAll(() => database.drop())
beforeEach(() => void (sql = openDatabase(database.url, { name: 'cut', max: 1, statementTimeout: 1_000 })))
afterEach(() => sql.end({ timeout: 5 }))

/** Rows that exceed the server's send buffer, and then a wait in row 1,000. */
const rowsThenWait = (on: Database) => on`
  select repeat('x', 100) as text, case when n = 1000 then pg_sleep(30)::text end as waited
  from generate_series(1, 1000) n`

/** Ways in which a statement fails after its first rows. */
const cuts = {
  'statement_timeout (57014)': () => expect(rowsThenWait(sql)).rejects.toMatchObject({ code: '57014' }),
  'pg_cancel_backend (57014)': async () => {
    const [own] = await sql<
      { pid: number }[]
    >`select pg_backend_pid() as pid, set_config('statement_timeout', '0', false)`
    const { pid } = own!
    const cut = expect(rowsThenWait(sql)).rejects.toMatchObject({ code: '57014' })
    await until(async () => {
      const waiting = await database.sql`select from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`
      return waiting.length === 1
    })
    await database.sql`select pg_cancel_backend(${pid})`
    await cut
  },
  'an error in the last row (22012)': () =>
    expect(sql`select 1 / (1000 - n) from generate_series(1, 1000) n`).rejects.toMatchObject({ code: '22012' }),
}

test.each(Object.entries(cuts))('the statement after one that was aborted by %s gets its own rows', async (_, cut) => {
  await cut()
  expect([...(await sql`select 'the only row' as text`)]).toEqual([{ text: 'the only row' }])
  await cut()
  expect([...(await sql`select 'no row' as text where false`)]).toEqual([])
  await cut()
  const rows = await sql<{ n: number }[]>`select n from generate_series(1, 50) n`
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
})

test('right after an aborted statement the store finds existing rows and reserves free keys', async () => {
  const { id: keyId, key } = await insertApiKey(database.sql, { ...tenant, kind: 'secret' }, byOperator())
  const context = { database: database.sql, settingDefaults: builtInSettings }
  const item = (await commands['create-item']!.run(context, {
    organization: tenant.organizationId,
    environment: tenant.environment,
    name: 'Visit',
    type: 'trigger',
    amount: '4900',
  })) as { id: string }
  const settings = { ...builtInSettings, insertUnknownContacts: true }
  const { billingCustomer } = await openOnboarding(
    database.sql,
    {
      ...tenant,
      contactId: 'usr_cut',
      brandId: undefined,
      createdBy: 'test',
      author: byOperator(),
      currency: 'USD',
      offered: ['stripe'],
      activateAtOnce: false,
    },
    settings,
  )
  const { customerId } = billingCustomer
  await writeMappings(database.sql, tenant, customerId, [{ provider: 'stripe', id: 'cus_mapped' }])

  const afterCut = async <T>(read: () => Promise<T>): Promise<T> => {
    await cuts['an error in the last row (22012)']()
    return read()
  }
  expect(await afterCut(() => findApiKey(sql, key))).toMatchObject({ id: keyId })
  const reservedId = randomUUID()
  const free = { ...tenant, door: 'native', key: 'never used' }
  expect(
    await afterCut(() => reserveKey(sql, free, { requestHash: Buffer.from('a request'), reservedId })),
  ).toMatchObject({ outcome: 'ours', reservedId })
  expect(await afterCut(() => mappedGatewayCustomer(sql, customerId, 'stripe'))).toBe('cus_mapped')
  expect(await afterCut(() => canEnrollIn(sql, tenant, item.id))).toBe(true)
  expect(await afterCut(() => findContact(sql, tenant, 'usr_cut'))).toBe(customerId)
  expect(await afterCut(() => findBillingCustomer(sql, tenant, billingCustomer.id))).toMatchObject({ customerId })
  expect(await afterCut(() => findOrganization(sql, tenant.organizationId))).toMatchObject({ name: 'Cut' })
})
