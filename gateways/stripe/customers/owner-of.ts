import type Stripe from 'stripe'
import type { SavedMethod } from '../../gateway.ts'
import { idOf } from '../readings.ts'

/** Returns a customer with the organization and environment in its metadata, if any. */
export function ownerOf(customer: Stripe.Customer | Stripe.DeletedCustomer): NonNullable<SavedMethod['customer']> {
  const metadata = customer.deleted ? {} : customer.metadata
  return {
    id: idOf(customer),
    organizationId: metadata.organization_id ?? null,
    environment: metadata.environment ?? null,
  }
}
