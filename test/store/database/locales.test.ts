import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../../admin/commands.ts'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { insertCustomer } from '../../../store/customers/customers.ts'
import { openDatabase, type Database } from '../../../store/database/database.ts'
import {
  countCustomers,
  listCustomers,
  listCustomersFrom,
  type CustomerFilter,
} from '../../../store/customers/list-customers.ts'
import { migrate } from '../../../store/schema/migrate.ts'
import { newId } from '../../../store/database/new-id.ts'
import type { Tenant } from '../../../domain/reference.ts'
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/servers/database.ts'

const people = [
  { externalId: 'Élodie-1', name: 'ÉLODIE MÜLLER', email: 'Elodie@Example.com' },
  { externalId: 'e2', name: 'E\u0301lodie mu\u0308ller', email: 'second@example.com' },
  { externalId: 'g3', name: 'ΟΔΥΣΣΕΥΣ', email: 'ΟΔΥΣΣΕΥΣ@example.gr' },
  { externalId: 'r4', name: 'Ирина', email: 'irina@example.com' },
  { externalId: 't5', name: 'IRIS 100% \\ _', email: 'IRIS@example.com' },
]

// In the Turkish locale the lowercase letter of I is not i.
describe.each([
  [`C`, `locale 'C'`],
  [`C.UTF-8`, `locale 'C.UTF-8'`],
  [`ICU, English`, `locale_provider icu icu_locale 'en' locale 'C'`],
  [`ICU, Turkish`, `locale_provider icu icu_locale 'tr' locale 'C'`],
])('in a database with the locale %s', (_, locale) => {
  let database: TestDatabase
  let sql: Database
  let tenant: Tenant
  beforeAll(async () => {
    database = await emptyDatabase(locale)
    sql = database.sql
    await migrate(sql)
    const context = { database: sql, settingDefaults: builtInSettings }
    const { id } = (await commands['create-organization']!.run(context, { name: 'Locales' })) as { id: string }
    tenant = { organizationId: id, environment: 'sandbox' }
    for (const profile of people) await insertCustomer(sql, { ...tenant, id: newId('customer'), profile, by: 'test' })
  })
  afterAll(() => database.drop())

  const found = async (filter: CustomerFilter) =>
    (await listCustomers(sql, tenant, filter, { limit: 10 })).rows.map(({ externalId }) => externalId).sort()

  test.each([
    ['élodie', ['e2', 'Élodie-1']],
    ['E\u0301LODIE', ['e2', 'Élodie-1']],
    ['müller', ['e2', 'Élodie-1']],
    ['elodie', ['Élodie-1']],
    ['οδυσσεύς', []],
    ['οδυσσευς', ['g3']],
    ['ИРИНА', ['r4']],
    ['iris', ['t5']],
    ['100%', ['t5']],
    ['_', ['t5']],
    ['\\', ['t5']],
    ['E%e', []],
  ])('a search for %s returns the same result', async (search, expected) => {
    expect(await found({ search })).toEqual(expected)
    expect(await countCustomers(sql, tenant, { search }, 10)).toBe(expected.length)
    const { rows } = await listCustomersFrom(sql, tenant, { search }, { limit: 10, offset: 0 })
    expect(rows).toHaveLength(expected.length)
  })

  test('an email is found case-insensitively, and changes with the customer', async () => {
    expect(await found({ email: 'elodie@EXAMPLE.com' })).toEqual(['Élodie-1'])
    expect(await found({ email: 'iris@example.com' })).toEqual(['t5'])
    expect(await found({ email: 'οδυσσευς@example.gr' })).toEqual(['g3'])
    await sql`update customers set email = 'Çiğdem@example.com' where external_id = 'r4'`
    expect(await found({ email: 'irina@example.com' })).toEqual([])
    expect(await found({ search: 'ÇİĞ'.replace('İ', 'i') })).toEqual(['r4'])
  })

  test('pages are sorted by id, without duplicates or gaps', async () => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await listCustomers(sql, tenant, {}, { limit: 2, cursor })
      ids.push(...page.rows.map(({ id }) => id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(ids).toEqual([...new Set(ids)].sort().reverse())
    expect(ids).toHaveLength(people.length)
  })

  test('a currency is three uppercase Latin letters', async () => {
    for (const currency of ['usd', 'uSD', 'ÜSD'])
      await expect(sql`update organizations set currency = ${currency}`).rejects.toMatchObject({ code: '23514' })
  })
})

test('case folding follows Unicode', async () => {
  const characters = Array.from({ length: 0x1ffff - 0x20 }, (_, i) => i + 0x20)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code))
    .filter((character) => character.normalize('NFC') === character)
  const database = await freshDatabase()
  // The characters keep this process busy for longer than the connect timeout.
  const sql = openDatabase(`${database.url}?connect_timeout=60`, { name: 'locales', max: 1 })
  const rows = await sql<{ character: string; folded: string }[]>`
    select character, fold_text(character) as folded from unnest(${characters}::text[]) character
    where fold_text(character) <> character`
  await sql.end({ timeout: 5 })
  await database.drop()
  expect(rows.length).toBeGreaterThan(1_300)
  // The flags iu compare by simple case folding.
  for (const { character, folded } of rows) expect(character).toMatch(new RegExp(`^${folded}$`, 'iu'))
  for (const [capital, small] of ['Zz', 'Éé', 'Ωω', 'Σς', 'Жж', 'ẞß', 'ĲĳǅǆǇǉ'].map((pair) => [...pair]))
    expect(rows.find(({ character }) => character === capital)?.folded, small).toBeDefined()
})
