import { recordOneStepSend } from '../store/payments/one-step-orders.ts'
import { type PaymentObject, markObjectDead } from '../store/payments/objects.ts'
import { recordNotPaid } from '../store/payments/outcomes.ts'
import { createAndPay } from './one-step-order.ts'
import { confirmAttempt } from './confirm-attempt.ts'
import { type ConfirmOutcome, type Payment, voidCode } from './settle-attempt.ts'

/**
 * Pays an attempt on an object that is created and paid in one call. Once it has an id, it is an object like any other.
 * Throws if the step must be repeated, and `undecidable` if only a person can find out.
 */
export async function payInOneStep(
  payment: Omit<Payment, 'object'> & { object: PaymentObject },
): Promise<ConfirmOutcome> {
  const { database, facts, attempt, object } = payment
  const { number, reference: submitted, methodId } = attempt
  const asking = await recordOneStepSend(database, facts, {
    attempt: number,
    objectNumber: object.objectNumber,
    methodId: methodId ?? submitted,
    payerPresent: !payment.attached,
  })
  if (!asking) return { outcome: 'nothing_to_do' }
  const asked = await createAndPay(payment, asking.object, asking.again)
  switch (asked.do) {
    case 'read_object': {
      const sent = {
        ...attempt,
        objectNumber: object.objectNumber,
        sendNumber: Math.max(attempt.sendNumber, 1),
        sentAt: asking.object.sentAt,
        seenBefore: '',
      }
      return confirmAttempt({ ...payment, object: asked.object, attempt: sent }, asked.reading)
    }
    case 'record_declined':
      await recordNotPaid(database, facts, { number, state: 'declined', code: asked.code }, object.objectNumber)
      return { outcome: 'declined' }
    case 'record_void':
      await recordNotPaid(database, facts, { number, state: 'void', code: voidCode(attempt) }, object.objectNumber)
      return { outcome: 'void' }
    case 'next_object':
      // Nothing was executed, and nothing will be under this key. A person fixes what was rejected.
      await markObjectDead(database, facts, object.objectNumber)
      throw asked.error
  }
}
