import type { Context } from 'hono'
import { z } from '@hono/zod-openapi'
import { notFound } from '../../domain/failures.ts'
import { isIdOf } from '../../domain/ids.ts'
import { readCustomer, updateCustomer, type Customer, type CustomerChanges } from '../../store/customers.ts'
import type { CallEnv } from '../call-env.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { createdId } from '../idempotency.ts'
import { createCustomer } from '../services/create-customer.ts'
import { linkOf } from '../services/open-onboarding.ts'

// What the doors of other systems do with customers; each has its own words for it.

/** A door's way to write our customer ids: its own prefix before the same characters. Both ways of writing are read. */
export const idsWith = (prefix: string) => ({
  write: (id: string) => id.replace(/^cus_/, prefix),
  read: (text: string) => {
    const ours = text.startsWith(prefix) ? `cus_${text.slice(prefix.length)}` : text
    return isIdOf('customer', ours) ? ours : text
  },
})

/** Free data for a door whose documents know texts only: other values are written as JSON. */
export const asTexts = (data: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )

/** What answers carry beside the documented fields where creating the customer started its onboarding. */
export const startedFields = {
  billing_customer_id: z.string().optional().openapi({ description: 'Where creating it started an onboarding' }),
  setup_url: z.string().optional().openapi({ description: 'Where the customer enters a payment method' }),
}

/** Creates a customer for a call of a door, and starts its onboarding where the settings say so. */
export async function createAtDoor(
  d: ApiDependencies,
  c: Context<CallEnv>,
  { parent, mappings, ...profile }: CustomerChanges,
  skipOnboarding?: boolean,
): Promise<{ customer: Customer; started: { billing_customer_id?: string; setup_url?: string } }> {
  const wanted = { id: createdId(c, 'customer'), profile, parent, mappings, skipOnboarding }
  const { customer, opened } = await createCustomer(d, c.get('caller'), wanted)
  const started = opened ? { billing_customer_id: opened.billingCustomer.id, setup_url: linkOf(d, opened) } : {}
  return { customer, started }
}

/** A customer of the caller by our id. Throws `not_found`. */
export async function readAtDoor(d: ApiDependencies, c: Context<CallEnv>, id: string | undefined): Promise<Customer> {
  const found = id && (await readCustomer(d.database, c.get('caller'), id))
  if (!found) throw notFound('Customer')
  return found
}

/** Changes what a call of a door names. Throws as `updateCustomer`. */
export const updateAtDoor = (d: ApiDependencies, c: Context<CallEnv>, id: string, changes: CustomerChanges) =>
  updateCustomer(d.database, c.get('caller'), id, changes, c.get('caller').id)
