import type { BillingClient } from './calls.ts'
import { NotActiveError } from './errors.ts'
import { sleep } from './sleep.ts'

/** Returns the function that polls a billing customer: twice a second at first, every 30 seconds after 5 minutes. */
export function waitForActiveWith(get: BillingClient['get']): BillingClient['waitForActive'] {
  return async (id, { signal, onPoll } = {}) => {
    const start = Date.now()
    for (;;) {
      const billingCustomer = await get('/v1/billing_customers/{id}', { params: { path: { id } }, signal })
      onPoll?.(billingCustomer)
      const { status, onboarding } = billingCustomer
      if (onboarding.status !== 'pending') {
        if (status === 'active') return billingCustomer
        throw new NotActiveError(
          billingCustomer,
          status === 'pending' ? `the status of its onboarding is ${onboarding.status}` : status,
        )
      }
      await sleep(Math.min(30_000, Math.max(500, (Date.now() - start) / 10)), signal)
    }
  }
}
