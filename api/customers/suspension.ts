import type { Context } from 'hono'
import { conflict } from '../../domain/failure/failures.ts'
import type { BillingCustomer } from '../../store/billing-customers/billing-customers.ts'
import { changeSuspension, type Suspension } from '../../store/billing-customers/suspension.ts'
import type { CallEnv } from '../call/call-env.ts'
import { authorOf, isAppliedCall } from '../call/idempotency.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { requireBillingCustomer } from '../setup/onboarding-command.ts'

/**
 * Suspends or restores a billing customer of the caller and returns it. A repeat of the call changes nothing. Throws
 * `not_found`, and `conflict` for `param` if it is pending or closed.
 */
export async function suspendOrRestore(
  d: ApiDependencies,
  c: Context<CallEnv>,
  { id, param }: { id: string; param: string },
  wanted: Suspension,
): Promise<BillingCustomer> {
  const billingCustomer = await requireBillingCustomer(d, c.get('caller'), id)
  if (await isAppliedCall(d, c)) return billingCustomer
  const status = await changeSuspension(d.database, billingCustomer.id, wanted, authorOf(c))
  if (status === 'pending')
    throw conflict('billing_customer_pending', param, `is not active yet: there is nothing to ${wanted}`)
  if (status === 'closed') throw conflict('billing_customer_closed', param, `is closed: there is nothing to ${wanted}`)
  return { ...billingCustomer, status }
}
