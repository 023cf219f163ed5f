import type { Context } from 'hono'
import { z } from '@hono/zod-openapi'
import { updateCustomer, type Customer, type CustomerChanges } from '../../store/customers/customers.ts'
import type { CallEnv } from '../call/call-env.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { createdId } from '../call/idempotency.ts'
import { createCustomer } from './create-customer.ts'
import { linkOf } from '../setup/open-onboarding.ts'
import { requireCustomer, requireCustomerById } from './require-customer.ts'

// What doors of other systems do with customers. Each door has its own names for it.

/** Returns metadata for a door whose documentation allows strings only. Other values become JSON. */
export const asTexts = (data: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )

/** Fields of responses beside the documented ones, set if creating the customer opened its onboarding. */
export const startedFields = {
  billing_customer_id: z
    .string()
    .optional()
    .openapi({ description: 'Set if creating the customer opened an onboarding' }),
  setup_url: z.string().optional().openapi({ description: 'The page on which the customer enters a payment method' }),
}

/** Creates a customer, and opens its onboarding if the settings require it. */
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

/** Returns a customer of the caller by its id, with the prefix of any door. Throws `not_found`. */
export const readAtDoor = (d: ApiDependencies, c: Context<CallEnv>, id: string): Promise<Customer> =>
  requireCustomerById(d, c.get('caller'), id)

/** Returns a customer of the caller by its id or by a current or former external id. Throws `not_found`. */
export const findAtDoor = (d: ApiDependencies, c: Context<CallEnv>, name: string): Promise<Customer> =>
  requireCustomer(d, c.get('caller'), name)

/** Updates a customer. Throws as `updateCustomer`. */
export const updateAtDoor = (d: ApiDependencies, c: Context<CallEnv>, id: string, changes: CustomerChanges) =>
  updateCustomer(d.database, c.get('caller'), id, changes, c.get('caller').id)
