import { byApiKey } from '../../domain/events/author.ts'
import { conflict } from '../../domain/failure/failures.ts'
import type { BillingCustomer } from '../../store/billing-customers/billing-customers.ts'
import { changeSuspension, type Suspension } from '../../store/billing-customers/suspension.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { requireBillingCustomer } from '../setup/onboarding-command.ts'

/**
 * Suspends or restores a billing customer of the caller and returns it. Throws `not_found`, and `conflict` for `param`
 * if it is pending or closed.
 */
export async function suspendOrRestore(
  d: ApiDependencies,
  caller: Caller,
  { id, param }: { id: string; param: string },
  wanted: Suspension,
): Promise<BillingCustomer> {
  const billingCustomer = await requireBillingCustomer(d, caller, id)
  const status = await changeSuspension(d.database, billingCustomer.id, wanted, byApiKey(caller.id))
  if (status === 'pending')
    throw conflict('billing_customer_pending', param, `is not active yet: there is nothing to ${wanted}`)
  if (status === 'closed') throw conflict('billing_customer_closed', param, `is closed: there is nothing to ${wanted}`)
  return { ...billingCustomer, status }
}
