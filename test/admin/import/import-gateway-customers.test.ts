import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { importCommands } from '../../../admin/import/commands.ts'
import { verdicts, type Verdict } from '../../../admin/import/match-customers.ts'
import type { ReportPart } from '../../../admin/import/write-report.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { bulkOf, upload } from '../../bulk/bulk.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Customers of a Stripe account, matched, onboarded from the written file, and charged where asked. 5,000 of them:
// IMPORT_CUSTOMERS=5000 npx vitest run test/admin/import

const size = Number(process.env.IMPORT_CUSTOMERS ?? 60)
const patience = 60_000 + size * 500

let world: World
let folder: string
beforeAll(async () => {
  folder = temporaryFolder('import')
  world = await createWorld({ longestRetryPause: 300, ownership: 'exclusive' })
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => world.clearFaults())
afterAll(async () => {
  vi.restoreAllMocks()
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

type Row = Record<string, string>
const run = (options: Record<string, string> = {}) => {
  const { sql: database, settingDefaults, gateways, seeds } = world
  const given = { organization: seeds.org_id, environment: 'sandbox', out: folder, ...options }
  return importCommands['import-gateway-customers']!.run({ database, settingDefaults, gateways }, given)
}
const rowsOf = (file: string): Row[] =>
  existsSync(join(folder, file)) ? (parse(readFileSync(join(folder, file)), { columns: true }) as Row[]) : []

/** Creates a customer at Stripe as another program does. */
async function atStripe(form: Record<string, string>, card: string | null = 'pm_card_visa') {
  const method = card ? { payment_method: card, 'invoice_settings[default_payment_method]': card } : {}
  const { status, body } = await world.atStripe('POST', '/v1/customers', { ...form, ...method })
  if (status !== 200) throw new Error(JSON.stringify(body))
  return { id: body.id as string, method: body.invoice_settings.default_payment_method as string | null }
}
const contact = (external_id: string, email: string) =>
  world.asNative('POST', '/v1/customers', { external_id, email, skip_onboarding_workflow: true })

/** What the report must say of a customer: its file and the row there, without the columns that are always the same. */
type Expected = { file: string; row: Row }
const matched = (external_id: string, { id, method }: { id: string; method: string | null }): Expected => {
  const ids = { gateway_customer_id: id, payment_method_id: method! }
  return { file: 'customers.csv', row: { external_id, gateway: 'stripe', ...ids, require_initial: '0' } }
}
const other = (file: string, reason: string, external_ids: string, customer: { id: string; method: string | null }) => {
  const row = { gateway_customer_id: customer.id, payment_method_id: customer.method ?? '', reason, external_ids }
  return { file, row }
}

/** Each kind of customer that an account has, by how many percent of it are of this kind. */
const kinds: [share: number, make: (name: string) => Promise<Expected[]>][] = [
  [70, async (name) => [matched(name, await atStripe({ 'metadata[external_id]': name }))]],
  [
    15,
    async (name) => {
      await contact(name, `${name}@example.com`)
      return [matched(name, await atStripe({ email: `${name.toUpperCase()}@Example.COM` }))]
    },
  ],
  [
    2,
    async (name) => {
      await contact(name, `${name}@example.com`)
      const both = [await atStripe({ email: `${name}@example.com` }), await atStripe({ email: `${name}@example.com` })]
      return both.map((customer) => other('ambiguous.csv', 'same_email', name, customer))
    },
  ],
  [
    1,
    async (name) => {
      await contact(`${name}-a`, `${name}@example.com`)
      await contact(`${name}-b`, `${name}@example.com`)
      const found = await atStripe({ email: `${name}@example.com` })
      return [other('ambiguous.csv', 'same_email', `${name}-a ${name}-b`, found)]
    },
  ],
  [
    1,
    async (name) => {
      const both = [1, 2].map(() => atStripe({ 'metadata[external_id]': name }))
      return (await Promise.all(both)).map((customer) => other('ambiguous.csv', 'same_contact', name, customer))
    },
  ],
  [
    3,
    async (name) => {
      const form = { 'metadata[external_id]': name }
      return [other('without-method.csv', 'no_default_method', name, await atStripe(form, null))]
    },
  ],
  [
    2,
    async (name) => {
      const form = { 'metadata[external_id]': name, source: 'tok_visa' }
      return [other('without-method.csv', 'default_source', name, await atStripe(form, null))]
    },
  ],
  [
    1,
    async (name) => {
      const { id } = await atStripe({ 'metadata[external_id]': name }, null)
      const { body } = await world.simulate('payment_methods', { type: 'link', customer: id })
      await world.atStripe('POST', `/v1/customers/${id}`, { 'invoice_settings[default_payment_method]': body.id })
      return [other('without-method.csv', 'other_type', name, { id, method: null })]
    },
  ],
  [
    2,
    async (name) => [
      other('unmatched.csv', 'no_contact', '', await atStripe({ email: `stranger-${name}@example.com` })),
      other('unmatched.csv', 'invalid_external_id', '', await atStripe({ 'metadata[external_id]': '..' })),
    ],
  ],
  [
    2,
    async (name) => {
      const metadata = { organization_id: world.seeds.other_org.org_id, environment: 'sandbox', external_id: name }
      const form = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`metadata[${key}]`, value]))
      return [other('not-owned.csv', 'not_of_this_organization', '', await atStripe(form))]
    },
  ],
]

/** Fills the account with at least `count` customers, each kind at least once. */
async function fill(count: number): Promise<Expected[]> {
  const all: Expected[] = []
  for (const [share, make] of kinds)
    for (let made = 0; made < Math.max(1, Math.round((count * share) / 100)); made++)
      all.push(...(await make(`usr-${randomUUID()}`)))
  return all
}

/** Rows in the order of their customers; the ids of one cell have no order. */
const byId = (rows: Row[]): Row[] =>
  rows
    .map((row): Row => (row.external_ids ? { ...row, external_ids: sorted(row.external_ids) } : row))
    .sort((x, y) => x.gateway_customer_id!.localeCompare(y.gateway_customer_id!))
const sorted = (ids: string) => ids.split(' ').sort().join(' ')
const files = ['customers.csv', 'ambiguous.csv', 'without-method.csv', 'unmatched.csv', 'not-owned.csv']
const changed = async () =>
  world.sql`
    select (select count(*)::int from customers) as customers, (select count(*)::int from onboardings) as onboardings,
      (select count(*)::int from payment_attempts) as attempts, (select count(*)::int from charges) as charges,
      (select count(*)::int from gateway_customers) as claims, (select max(updated_at) from customers) as updated`
const requests = async (): Promise<{ method: string; path: string }[]> =>
  (await world.simulate('requests')).body.requests

async function onboard(file: string) {
  const { body } = await upload(world, file, { query: '?rows_per_second=100&starts_per_second=50' })
  return until(
    () => bulkOf(world, body.id),
    ({ status }) => status === 'completed',
    patience,
  )
}
const statuses = async (id: string): Promise<Row[]> => {
  const headers = { Authorization: `Bearer ${world.seeds.secret_key}` }
  const response = await fetch(`${world.apiUrl}/v1/bulk_onboardings/${id}/results`, { headers })
  return parse(await response.text(), { bom: true, columns: true }) as Row[]
}
/** Waits until every billing customer of a bulk onboarding is active. */
const untilActive = (id: string) =>
  until(
    () => world.sql<{ status: string }[]>`
      select distinct b.status from bulk_rows r join billing_customers b on b.id = r.billing_customer_id
      where r.bulk_id = ${id}`,
    (rows) => rows.length === 1 && rows[0]!.status === 'active',
    patience,
  )
/** Closes every billing customer of a bulk onboarding, twenty at a time. */
async function closeAll(id: string): Promise<void> {
  const rows = await world.sql<{ id: string }[]>`
    select billing_customer_id as id from bulk_rows where bulk_id = ${id} and billing_customer_id is not null`
  const close = async () => {
    for (let next = rows.pop(); next; next = rows.pop()) {
      const body = { reason: 'the contract has ended' }
      const { status } = await world.asNative('POST', `/v1/billing_customers/${next.id}/close`, body)
      expect(status).toBe(200)
    }
  }
  await Promise.all(Array.from({ length: 20 }, close))
}
const charges = async () => (await world.simulate('ledger')).body.charges as { customer: string; amount: number }[]

test(
  'the report is right to the row, its file onboards without a charge, and a second run changes nothing',
  async () => {
    const expected = await fill(size)
    const before = [await changed(), (await requests()).length]
    const report = await run()
    expect(report.customers).toBe(expected.length)
    const wantedIn = (file: string) => byId(expected.filter((each) => each.file === file).map(({ row }) => row))
    for (const file of files) expect(byId(rowsOf(file)), file).toEqual(wantedIn(file))
    const parts = verdicts.map((verdict) => (report as Record<Verdict, ReportPart>)[verdict])
    expect(parts.map(({ count }) => count)).toEqual(files.map((file) => wantedIn(file).length))
    expect(parts.flatMap((part) => part.files)).toEqual(files.map((file) => join(folder, file)))
    expect(statSync(join(folder, 'customers.csv')).mode & 0o777).toBe(0o600)
    // Nothing was changed, and only lists were read.
    expect(await changed()).toEqual(before[0])
    const asked = (await requests()).slice(before[1] as number)
    expect(asked.every(({ method, path }) => method === 'GET' && path === '/v1/customers')).toBe(true)
    expect(asked).toHaveLength(Math.ceil(expected.length / 100))

    const file = readFileSync(join(folder, 'customers.csv'), 'utf8')
    const first = await onboard(file)
    expect(first.rows).toMatchObject({ done: rowsOf('customers.csv').length, failed: 0, invalid: 0 })
    await untilActive(first.id)
    expect(await charges()).toEqual([])

    const after = await changed()
    expect((await run()).matched).toEqual(report.matched)
    expect(readFileSync(join(folder, 'customers.csv'), 'utf8')).toBe(file)
    const asks = (await requests()).length
    const second = await onboard(file)
    for (const row of await statuses(second.id)) expect(row).toMatchObject({ existing: 'true', status: 'active' })
    expect([await changed(), (await requests()).length]).toEqual([after, asks])

    // The contracts end, and the same contacts return: now with an initial charge.
    await closeAll(first.id)
    expect(await charges()).toEqual([])
    const returned = rowsOf('customers.csv')
    const again = await onboard(file.replaceAll(/,0$/gm, ',1'))
    expect(again.rows).toMatchObject({ done: returned.length, failed: 0, invalid: 0 })
    await untilActive(again.id)
    const paid = await charges()
    expect(paid.map(({ customer }) => customer).sort()).toEqual(returned.map((row) => row.gateway_customer_id!).sort())
    expect(paid.every(({ amount }) => amount === 1500)).toBe(true)
    // The records are the same: each has two onboardings and one charge, by the method that was imported.
    const [counts] = await world.sql`
      select count(*)::int as records, sum(onboardings)::int as onboardings, sum(charges)::int as charges
      from bulk_rows r
        join lateral (select count(*) as onboardings from onboardings o
          where o.billing_customer_id = r.billing_customer_id) o on true
        join lateral (select count(*) as charges from charges c
          where c.billing_customer_id = r.billing_customer_id and c.state = 'succeeded') c on true
      where r.bulk_id = ${first.id}`
    const { length } = returned
    expect(counts).toEqual({ records: length, onboardings: 2 * length, charges: length })
    const methods = await world.sql<{ paymentMethodId: string }[]>`
      select b.payment_method_id from bulk_rows r join billing_customers b on b.id = r.billing_customer_id
      where r.bulk_id = ${again.id}`
    const held = methods.map(({ paymentMethodId }) => paymentMethodId)
    expect(held.sort()).toEqual(returned.map((row) => row.payment_method_id!).sort())
  },
  120_000 + size * 1_000,
)

test('another key of external ids; a slow or silent Stripe is asked again', async () => {
  const id = `usr-${randomUUID()}`
  const customer = await atStripe({ 'metadata[crm_id]': id })
  await world.fault('/v1/customers', 'rate_limit', { method: 'GET', times: 1 })
  await world.fault('/v1/customers', 'error_before', { method: 'GET', times: 1 })
  await run({ 'external-id-key': 'crm_id' })
  expect(rowsOf('customers.csv')).toContainEqual(matched(id, customer).row)
})

test('a key that may not read customers, and an account that is not there, are said', async () => {
  await world.fault('/v1/customers', 'unauthorized', { method: 'GET' })
  await expect(run()).rejects.toThrow('the gateway rejects the key of the account')
  await expect(run({ environment: 'live' })).rejects.toMatchObject({ param: '--environment' })
  await expect(run({ organization: 'org_none' })).rejects.toMatchObject({ param: '--organization' })
})
