import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { personReasons, type PersonReason } from '../../domain/onboarding/person-reasons.ts'

/** The test that produces each reason, and expects it on the record. */
const producedBy: Record<PersonReason, { file: string; name: string }> = {
  disputed: { file: 'api/webhooks/stripe-dashboard', name: 'a dispute needs an operator, once' },
  outcome_unknown: {
    file: 'payments/paypal/unknown-single-step-orders',
    name: 'an unknown payment with this invoice id needs an operator, and no other payment is requested',
  },
  refund_failed: {
    file: 'workflows/settle-charge',
    name: 'an earlier failed refund blocks another charge until an operator decides',
  },
  not_paid_there: { file: 'workflows/reconcile', name: 'a charge that only we have is reported to operators' },
  amount_differs: {
    file: 'workflows/reconcile',
    name: 'another amount at the gateway needs an operator, also if the charge counted as canceled',
  },
  late_payment: {
    file: 'workflows/settle-charge',
    name: 'a payment that arrives after the end (%s) is refunded; an operator and the page are told',
  },
  gateway_refused: { file: 'payments/declines', name: 'PayPal issue %s: %s' },
  mapped_customer_not_found: {
    file: 'payments/mapped-customers',
    name: 'a mapped customer without an owner, a missing one or an invalid id waits for an operator',
  },
  mapped_customer_not_ours: {
    file: 'payments/mapped-customers',
    name: 'each party is charged through its own mapped customer, and not through another party’s',
  },
  earlier_charge: {
    file: 'workflows/settle-charge',
    name: 'an earlier failed refund blocks another charge until an operator decides',
  },
  payment_objects_exhausted: {
    file: 'payments/exhausted-objects',
    name: 'by %s: after five objects that cannot be paid an operator is needed, and the sixth charges once',
  },
  step_failed: {
    file: 'workflows/person-reasons',
    name: 'a step that fails for an unexpected reason is step_failed, and continues once the cause is fixed',
  },
  no_progress: {
    file: 'workflows/person-reasons',
    name: 'a step that finds nothing to do repeatedly is no_progress, and continues once the record is right',
  },
  cannot_end: {
    file: 'workflows/person-reasons',
    name: 'an onboarding that is canceled while a charge is not settled is cannot_end, and ends once it is',
  },
  no_sign_of_life: {
    file: 'worker/lost-runs',
    name: 'a run without progress for ten minutes and ten signals is reported to an operator, and not before',
  },
  blocked: {
    file: 'workflows/person-reasons',
    name: 'an onboarding that waits for an operator since a version without reasons is blocked',
  },
}

test.each(personReasons)('a test produces %s', (reason) => {
  const { file, name } = producedBy[reason]
  const text = readFileSync(new URL(`../${file}.test.ts`, import.meta.url), 'utf8')
  const parts = text.split(`'${name}'`)
  expect(parts, `tests called "${name}" in ${file}.test.ts`).toHaveLength(2)
  const [body] = parts[1]!.split(/^test\b/m)
  expect(body).toContain(`'${reason}'`)
})
