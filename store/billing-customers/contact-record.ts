import DataLoader from 'dataloader'
import { isIdOf } from '../../domain/text/ids.ts'
import type { OnboardingBrief } from '../../domain/onboarding/onboarding.ts'
import { billingCustomerColumns, type BillingCustomer } from './billing-customers.ts'
import type { Database, Sql } from '../database/database.ts'
import type { Tenant } from '../database/tenant.ts'

/** The record of a contact and its latest onboarding, as far as a repeat needs to know them. */
export interface Known extends BillingCustomer {
  /** The number of its brand; read where a brand is named by something else than an id. */
  brandNumber: number | null
  onboarding: OnboardingBrief & {
    ended: boolean
    /** Whether it is being ended without success. */
    closing: boolean
    /** Whether a payment attempt is open. */
    paying: boolean
  }
}

/** Whose record is asked for. */
export interface AskedContact extends Tenant {
  /** Our id of the customer or the external id that it has now; a former one is not looked for. */
  contactId: string
  /** The id of a brand, or its number written as a text: the record is read with what it is compared with. */
  brand?: string | undefined
}

/**
 * The records of many contacts. Each is looked up by itself, however many PostgreSQL expects: `limit 1` keeps it from
 * dissolving the lateral join. The contacts come as JSON and not as arrays, for whose length it would plan each time anew.
 */
const statementBy = (contact: 'c.id' | 'c.external_id') => `
  select asked.i, known.*
  from jsonb_to_recordset($1::jsonb) as asked (i int, organization_id text, environment text, contact text, by_number boolean)
    join lateral (
      select ${billingCustomerColumns},
        case when asked.by_number then (select r.number from brands r where r.id = b.brand_id) end as brand_number,
        json_build_object('id', o.id, 'kind', o.kind, 'n', o.n, 'gateway', o.gateway, 'amount', o.amount, 'currency', o.currency,
          'requireInitial', o.require_initial, 'billableItemId', o.billable_item_id, 'linkVersion', o.link_version, 'ended', o.ended_at is not null, 'closing', o.closing is not null,
          'paying', exists (select 1 from payment_attempts a where a.onboarding_id = o.id and a.closed_at is null)) as onboarding
      from customers c
        join billing_customers b on b.customer_id = c.id
        join lateral (
          select id, kind, n, gateway, amount, currency, require_initial, billable_item_id, link_version, ended_at, closing
          from onboardings where billing_customer_id = b.id and kind = 'onboarding' order by n desc limit 1
        ) o on true
      where ${contact} = asked.contact and c.deleted_at is null
        and c.organization_id = asked.organization_id and c.environment = asked.environment
        and b.organization_id = asked.organization_id and b.environment = asked.environment
      limit 1
    ) known on true`
/** Made once: to put it together for each call, of pieces, takes the driver half as long as PostgreSQL to answer it. */
const statements = { id: statementBy('c.id'), externalId: statementBy('c.external_id') }

type Name = keyof typeof statements
const nameOf = ({ contactId }: AskedContact): Name => (isIdOf('customer', contactId) ? 'id' : 'externalId')

/** Reads records by one name of their contacts, in the order of the contacts. */
async function readBy(sql: Sql, name: Name, contacts: readonly AskedContact[]): Promise<(Known | undefined)[]> {
  const asked = contacts.map(({ organizationId, environment, contactId, brand }, i) => ({
    i,
    organization_id: organizationId,
    environment,
    contact: contactId,
    by_number: brand !== undefined && !isIdOf('brand', brand),
  }))
  const rows = await sql.unsafe<(Known & { i: number })[]>(statements[name], [sql.json(asked)], { prepare: true })
  const found: (Known | undefined)[] = contacts.map(() => undefined)
  for (const row of rows) found[row.i] = row
  return found
}

/** Reads the record of a contact in one statement: repeats are the most frequent calls. */
export async function readKnown(sql: Sql, contact: AskedContact): Promise<Known | undefined> {
  const [known] = await readBy(sql, nameOf(contact), [contact])
  return known
}

type Loaders = Record<Name, DataLoader<AskedContact, Known | undefined>>
const loaders = new WeakMap<Database, Loaders>()

function loadersOf(database: Database): Loaders {
  const made = loaders.get(database)
  if (made) return made
  const by = (name: Name): Loaders[Name] =>
    new DataLoader((contacts) => readBy(database, name, contacts), {
      // No answer is kept: whoever asks is told what is.
      cache: false,
      // What one statement can look up within its time-out on a slow machine too.
      maxBatchSize: 100,
      // After all connections were read that something had come over; by default it would be after each.
      batchScheduleFn: (send) => setImmediate(send),
    })
  const both = { id: by('id'), externalId: by('externalId') }
  loaders.set(database, both)
  return both
}

/** The same for calls: all that come in one turn of the event loop are read with one statement (docs/decisions/0011). */
export const readKnownTogether = (database: Database, contact: AskedContact): Promise<Known | undefined> =>
  loadersOf(database)[nameOf(contact)].load(contact)
