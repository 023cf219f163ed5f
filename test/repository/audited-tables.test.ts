import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { eventTypes } from '../../domain/events/events.ts'

// Every function that writes to these tables writes an event in the same transaction (docs/decisions/0033), or
// its file is listed here with the reason why not.

const tables =
  'customers|former_external_ids|earlier_external_ids|integration_mappings|brands|billable_items|api_keys|settings|' +
  'billing_customers|enrollments|organizations'
const writes = new RegExp(`(insert into|update|delete from) (${tables})\\b`)

const withoutEvent: Record<string, string> = {
  'store/tenants/organizations.ts': 'an organization has no environment, and nobody reads its events before it exists',
  'store/customers/integration-mappings.ts': 'part of customer.created and customer.updated',
  'store/customers/parents.ts': 'part of customer.created and customer.updated',
  'store/charges/charges.ts': 'the charge that is adopted has its events; its method was saved by an earlier one',
  'store/erasure/erase-records.ts': 'part of customer.erased',
  'store/lifecycle/claim-record.ts': 'restores rows that were lost with the database',
}

const root = new URL('../../', import.meta.url)
const files = ['store', 'api', 'admin', 'activities', 'payments', 'worker'].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
)
const read = (file: string) => readFileSync(new URL(file, root), 'utf8')
const writers = files.filter((file) => writes.test(read(file)))

test('every writer of an organization’s data writes an event, or says why not', () => {
  expect(writers.length).toBeGreaterThan(10)
  const silent = writers.filter((file) => !eventTypes.some((type) => read(file).includes(`'${type}'`)))
  expect(silent.sort()).toEqual(Object.keys(withoutEvent).sort())
})
