import { readPaymentDetails } from '../../../../store/payments/payment-details.ts'
import { chargedCustomer } from '../../../../payments/customers/charged-customer.ts'
import { ensureObject } from '../../../../payments/payment-object.ts'
import { recordReadAsPaid } from '../../../../payments/record-read-as-paid.ts'
import { referenceOf, type OnboardingReference } from '../../../../domain/reference.ts'
import { policyOf, type Settings } from '../../../../domain/tenant/settings.ts'
import type { PaymentGateway } from '../../../../gateways/gateway.ts'
import type { OnboardingRequest } from '../../../../store/lifecycle/onboarding-request.ts'
import type { Database } from '../../../../store/database/database.ts'
import { insertEnrollment } from '../../../../store/catalog/enrollments.ts'
import { insertEvent } from '../../../../store/events/events.ts'
import { underLock } from '../../../../store/database/lock.ts'
import { readFacts } from '../../../../store/onboardings/facts.ts'
import { openOnboarding } from '../../../../store/lifecycle/open-onboarding.ts'
import { findOpenAttempt, recordSend } from '../../../../store/payments/attempts.ts'
import { listObjects, type OpenObject } from '../../../../store/payments/objects.ts'

export type NaiveRequest = OnboardingRequest
export type NaiveRecord = OnboardingReference

/** The statements of our flow, one activity each. */
export function naiveSteps(
  database: Database,
  gateway: PaymentGateway,
  settings: Settings,
  finished: (onboardingId: string) => void,
) {
  return {
    async createRecord(request: NaiveRequest): Promise<NaiveRecord> {
      const { billingCustomer, onboarding } = await openOnboarding(database, request, settings)
      const { onboardingId } = onboarding
      return referenceOf({ ...billingCustomer, billingCustomerId: billingCustomer.id }, { onboardingId })
    },
    async createPayment({ onboardingId }: NaiveRecord): Promise<void> {
      const facts = (await readFacts(database, onboardingId))!
      const attempt = (await findOpenAttempt(database, onboardingId))!
      const details = await readPaymentDetails(database, policyOf(gateway.name, settings), facts.billingCustomerId)
      const { customerId } = await chargedCustomer(database, gateway, facts, attempt, settings)
      await ensureObject({
        database,
        gateway,
        gatewayOf: async () => gateway,
        facts,
        attempt,
        customerId,
        attached: false,
        inOneStep: false,
        details,
      })
    },
    async confirmPayment(record: NaiveRecord): Promise<void> {
      const attempt = (await findOpenAttempt(database, record.onboardingId))!
      const [object] = (await listObjects(database, record.onboardingId)) as OpenObject[]
      await recordSend(database, record, {
        attempt: attempt.number,
        previousSendNumber: 0,
        objectNumber: object!.objectNumber,
        sendNumber: 1,
        seenBefore: '',
        customerPresent: false,
        keep: true,
      })
      const reading = await gateway.confirm(
        { kind: 'payment', id: object!.objectId },
        {
          reference: { id: attempt.reference, singleUse: true },
          offSession: false,
          keep: true,
          amount: object!.amount,
          currency: object!.currency,
        },
        `${record.onboardingId}/confirm`,
      )
      await recordReadAsPaid(database, record, object!, reading)
    },
    async activate(record: NaiveRecord): Promise<void> {
      const { billingCustomerId } = record
      await underLock(database, billingCustomerId, async (sql) => {
        await sql`
          update billing_customers set status = 'active', activated_at = now()
          where id = ${billingCustomerId} and status = 'pending'`
        await insertEvent(sql, record, { type: 'billing_customer.activated' })
      })
    },
    async enroll(record: NaiveRecord): Promise<void> {
      const { billingCustomerId, onboardingId } = record
      await underLock(database, billingCustomerId, async (sql) => {
        const facts = (await readFacts(sql, onboardingId))!
        if (facts.billableItemId)
          await insertEnrollment(
            sql,
            facts,
            { billingCustomerId, billableItemId: facts.billableItemId, onboardingId },
            { actor: 'system' },
          )
        await sql`
          update onboardings
          set result = 'completed', ended_at = now(), wake_at = null, blocked_on = null, next_retry_at = null
          where id = ${onboardingId}`
        await insertEvent(sql, record, { type: 'onboarding.completed' })
      })
      finished(onboardingId)
    },
  }
}

export type NaiveSteps = ReturnType<typeof naiveSteps>
