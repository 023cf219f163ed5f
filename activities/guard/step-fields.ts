import { isIdOf, type Kind } from '../../domain/text/ids.ts'
import type { LogFields } from '../../runtime/log-context.ts'
import { inActivity } from './own-run.ts'

const named: [property: string, kind: Kind, field: keyof LogFields][] = [
  ['organizationId', 'organization', 'organization'],
  ['customerId', 'customer', 'customer'],
  ['billingCustomerId', 'billingCustomer', 'billing_customer'],
  ['onboardingId', 'onboarding', 'onboarding'],
  ['bulkId', 'bulkOnboarding', 'bulk'],
]

/**
 * Returns the fields of a step's log lines: the ids in its arguments, and its workflow. A run can be started by hand
 * with any words, so only what has the form of our ids is taken.
 */
export function stepFields(args: unknown[]): LogFields {
  const fields: LogFields = {}
  for (const argument of args) {
    if (typeof argument === 'string' && isIdOf('charge', argument)) fields.charge = argument
    const values = (typeof argument === 'object' ? (argument ?? {}) : {}) as Record<string, unknown>
    for (const [property, kind, field] of named) {
      const value = values[property]
      if (typeof value === 'string' && isIdOf(kind, value)) fields[field] = value
    }
  }
  const workflow = inActivity()?.info.workflowExecution?.workflowId
  return workflow ? { ...fields, workflow } : fields
}
