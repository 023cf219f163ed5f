import { noteAsking } from '../store/payments/single-step-orders.ts'
import { type PaymentObject, buryObject } from '../store/payments/objects.ts'
import { recordNotPaid } from '../store/payments/outcomes.ts'
import { askAtOnce } from './one-step-order.ts'
import { confirmAttempt } from './confirm-attempt.ts'
import { type Confirmed, type Payment, voidCode } from './settle-attempt.ts'

/**
 * Pays an attempt on an object that is created and paid in one call. Once it has an id, it is an object like any other.
 * Throws if the step must be repeated, and `undecidable` if only a person can find out.
 */
export async function payInOneStep(payment: Omit<Payment, 'object'> & { object: PaymentObject }): Promise<Confirmed> {
  const { database, facts, attempt, object } = payment
  const { number, reference: submitted, methodId } = attempt
  const asking = await noteAsking(database, facts, {
    attempt: number,
    objectNumber: object.objectNumber,
    methodId: methodId ?? submitted,
    payerPresent: !payment.attached,
  })
  if (!asking) return { outcome: 'nothing_to_do' }
  const asked = await askAtOnce(payment, asking.object, asking.again)
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
      await buryObject(database, facts, object.objectNumber)
      throw asked.error
  }
}
