import { afterAll, beforeAll, expect, test } from 'vitest'
import { byApiKey } from '../../../domain/events/author.ts'
import { commands } from '../../../admin/commands.ts'
import type { Caller } from '../../../api/call/auth.ts'
import type { ApiDependencies } from '../../../api/dependencies.ts'
import { openOnboarding as openByCall } from '../../../api/setup/open-onboarding.ts'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { openDatabase, type Database } from '../../../store/database/database.ts'
import {
  readContactRecord,
  type ContactRecord,
  type ContactReference,
} from '../../../store/billing-customers/contact-record.ts'
import { openOnboarding } from '../../../store/lifecycle/open-onboarding.ts'
import type { Tenant } from '../../../domain/reference.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'

// Each call reads its own contact with one prepared statement, and never another tenant's.

const settings = { ...builtInSettings, insertUnknownContacts: true }
const contactIds = Array.from({ length: 20 }, (_, n) => `usr_${n}`)
let database: TestDatabase
/** One connection, so that what PostgreSQL says of its session is about all of our statements. */
let sql: Database
let tenants: Tenant[]
let brand: { id: string; number: number }
/** The billing customer of each tenant's contact. */
const records = new Map<string, string>()
const keyOf = ({ organizationId, environment }: Tenant, contactId: string) =>
  [organizationId, environment, contactId].join(' ')

async function open(tenant: Tenant, contactId: string): Promise<void> {
  const brandId = tenant === tenants[0] ? brand.id : undefined
  const author = byApiKey('key_test')
  const request = {
    ...tenant,
    contactId,
    brandId,
    createdBy: 'test',
    author,
    currency: 'USD',
    offered: ['stripe' as const],
    activateAtOnce: false,
  }
  const { billingCustomer } = await openOnboarding(database.sql, request, settings)
  records.set(keyOf(tenant, contactId), billingCustomer.id)
}

beforeAll(async () => {
  database = await freshDatabase()
  sql = openDatabase(database.url, { name: 'known', max: 1 })
  const admin = (command: string, options: Record<string, string>) =>
    commands[command]!.run({ database: database.sql, settingDefaults: builtInSettings }, options) as Promise<{
      id: string
    }>
  const first = await admin('create-organization', { name: 'First' })
  const second = await admin('create-organization', { name: 'Second' })
  brand = (await admin('create-brand', { organization: first.id, name: 'First' })) as typeof brand
  tenants = [
    { organizationId: first.id, environment: 'sandbox' },
    { organizationId: first.id, environment: 'live' },
    { organizationId: second.id, environment: 'sandbox' },
  ]
  for (const tenant of tenants) for (const contactId of contactIds) await open(tenant, contactId)
  // PostgreSQL would do so in between, and plan anew.
  await database.sql`analyze`
})
afterAll(async () => {
  await sql.end({ timeout: 5 })
  await database.drop()
})

const ask = (contact: ContactReference) => readContactRecord(sql, contact)

/** How often the statement ran in a session, and with which plans. */
async function runs(session = sql) {
  const rows = await session<{ generic: number; custom: number }[]>`
    select generic_plans as generic, custom_plans as custom from pg_prepared_statements
      where statement like ${'%as brand_number%'}`
  const sum = (of: 'generic' | 'custom') => rows.reduce((total, row) => total + Number(row[of]), 0)
  return { generic: sum('generic'), custom: sum('custom'), all: sum('generic') + sum('custom') }
}

test('each of many concurrent calls gets the record of its own tenant', async () => {
  const asked = tenants.flatMap((tenant) =>
    [...contactIds, 'usr_unknown'].map((contactId) => ({ ...tenant, contactId })),
  )
  const shuffled = asked.map((_, i) => asked[(i * 37) % asked.length]!)
  const before = await runs()
  const found = await Promise.all(shuffled.map(ask))
  expect(found.map((known) => known?.id)).toEqual(
    shuffled.map((contact) => records.get(keyOf(contact, contact.contactId))),
  )
  expect(found.filter((known) => known === undefined)).toHaveLength(tenants.length)

  // By our own ids of customers too, which mean nothing to another tenant.
  const [first, ...others] = tenants
  const ours = found.find(
    (known) => known?.organizationId === first!.organizationId && known.environment === first!.environment,
  )!
  const both = [
    ...[first!, ...others].map((tenant) => ask({ ...tenant, contactId: ours.customerId })),
    ask({ ...first!, contactId: 'usr_3' }),
  ]
  expect((await Promise.all(both)).map((known) => known?.id)).toEqual([
    ours.id,
    undefined,
    undefined,
    records.get(keyOf(first!, 'usr_3')),
  ])
  expect((await runs()).all - before.all).toBe(shuffled.length + both.length)
})

test('reads hundreds of concurrent calls on one connection once each', async () => {
  const before = await runs()
  const asked = Array.from({ length: 250 }, (_, i) => ({ ...tenants[i % 3]!, contactId: contactIds[i % 20]! }))
  const found = await Promise.all(asked.map(ask))
  expect(found.map((known) => known?.id)).toEqual(
    asked.map((contact) => records.get(keyOf(contact, contact.contactId))),
  )
  expect((await runs()).all - before.all).toBe(asked.length)
})

test('returns the number of a brand to calls that name it by its number', async () => {
  const contact = { ...tenants[0]!, contactId: 'usr_1' }
  const asked = [String(brand.number), brand.id, undefined].map((reference) => ({ ...contact, brand: reference }))
  const found = await Promise.all(asked.map(ask))
  expect(found.map((known) => known?.brandNumber)).toEqual([brand.number, null, null])
})

test('concurrent API calls each read once', async () => {
  const d = { database: sql, runs: {}, gateways: { has: () => true } } as unknown as ApiDependencies
  const caller = { ...tenants[1]!, currency: 'USD', scopes: ['*'], settings } as Caller
  const before = await runs()
  const calls = contactIds.map((contactId) =>
    openByCall(d, caller, { contactId, createdBy: 'call', activateAtOnce: false }),
  )
  const opened = await Promise.all(calls)
  expect(opened.map(({ billingCustomer }) => billingCustomer.id)).toEqual(
    contactIds.map((contactId) => records.get(keyOf(caller, contactId))),
  )
  expect((await runs()).all - before.all).toBe(contactIds.length)
})

test('does not return a deleted contact, unlike one next to it', async () => {
  const contact = { ...tenants[2]!, contactId: 'usr_gone' }
  await open(contact, contact.contactId)
  const askBoth = () => Promise.all([contact, { ...contact, contactId: 'usr_18' }].map(ask))
  const ids = async () => (await askBoth()).map((known) => known?.id)
  const [gone, stays] = [contact.contactId, 'usr_18'].map((contactId) => records.get(keyOf(contact, contactId)))
  expect(await ids()).toEqual([gone, stays])
  await database.sql`update customers set deleted_at = now() where external_id = ${contact.contactId}`
  expect(await ids()).toEqual([undefined, stays])
})

test('prepares the statement once, and plans it for no call again', async () => {
  const session = openDatabase(database.url, { name: 'plans', max: 1 })
  for (let turn = 0; turn < 30; turn++)
    await readContactRecord(session, { ...tenants[0]!, contactId: contactIds[turn % 20]! })
  // The first five tell PostgreSQL what planning each time would gain.
  expect(await runs(session)).toEqual({ custom: 5, generic: 25, all: 30 })
  await session.end({ timeout: 5 })
})

test('if the statement fails, each call gets the error, and later ones succeed', async () => {
  const impatient = openDatabase(database.url, { name: 'impatient', max: 1, statementTimeout: 1_000 })
  const askAll = (): Promise<ContactRecord | undefined>[] =>
    contactIds.slice(0, 5).map((contactId) => readContactRecord(impatient, { ...tenants[0]!, contactId }))
  await database.sql.begin(async (locking) => {
    await locking`lock table onboardings`
    const told = await Promise.allSettled(askAll())
    expect(told.map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
    const reasons = told.map((one) => (one as PromiseRejectedResult).reason as { code: string })
    expect(reasons.map(({ code }) => code)).toEqual(Array(5).fill('57014'))
  })
  await impatient`set statement_timeout = 0`
  expect((await Promise.all(askAll())).map((known) => known?.contactId)).toEqual(contactIds.slice(0, 5))
  await impatient.end({ timeout: 5 })
})
