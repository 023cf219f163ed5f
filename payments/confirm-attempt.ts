import { decideConfirm, isSpoiled, type ConfirmSituation } from '../domain/payment/decide-confirm.ts'
import { GatewayError, isGatewayError } from '../domain/payment/gateway-errors.ts'
import { handleOf } from '../domain/payment/payment-object.ts'
import type { Reading } from '../gateways/gateway.ts'
import { findOpenAttempt, type PaymentAttempt, recordSend } from '../store/payments/attempts.ts'
import { settleAttempt, type ConfirmOutcome, type Payment } from './settle-attempt.ts'

/**
 * Pays one attempt on one object: reads it, decides (see `decideConfirm`), acts, and reads again on any doubt. `known`
 * is a reading from just before. Throws if the gateway leaves the outcome open; then the whole step is repeated.
 */
export async function confirmAttempt(payment: Payment, known?: Reading): Promise<ConfirmOutcome> {
  let reading: Reading = known ?? (await readObject(payment))
  let attempt: PaymentAttempt | undefined = payment.attempt
  let unusable = false
  let newNumber = false
  for (let round = 0; round < 5 && attempt; round++) {
    const situation = await readSituation(payment, attempt, reading)
    const decision = decideConfirm({ ...situation, unusable: unusable || situation.unusable })
    const withCustomer = decision === 'confirm_with_customer'
    if (decision !== 'confirm' && !withCustomer) return settleAttempt(payment, attempt, decision, reading)
    const answer = await send(payment, attempt, reading, { newNumber: newNumber || withCustomer, withCustomer })
    if (answer === 'superseded') return { outcome: 'nothing_to_do' }
    if (typeof answer !== 'string' && (withCustomer || !isCustomerWanted(payment, attempt, answer)))
      return settleAnswer(payment, attempt, answer)
    unusable ||= answer === 'unusable'
    newNumber = answer === 'stored_failure'
    reading = await readObject(payment)
    attempt = await readAgain(payment)
  }
  if (!attempt) return { outcome: 'nothing_to_do' }
  throw new GatewayError('unknown', 'no_outcome_yet')
}

/** Returns the attempt if it is still open. A newer one may need another object, customer or gateway. */
async function readAgain({ database, facts, attempt }: Payment): Promise<PaymentAttempt | undefined> {
  const open = await findOpenAttempt(database, facts.onboardingId)
  return open?.number === attempt.number ? open : undefined
}

/** Reads what the decision depends on: for an attempt that was sent before, whether it was tried. */
async function readSituation(payment: Payment, attempt: PaymentAttempt, reading: Reading): Promise<ConfirmSituation> {
  const { gateway, object } = payment
  const sent = attempt.sentAt !== null
  const { tried, unusable } = sent ? await readTry(payment, attempt, reading) : { tried: false, unusable: false }
  return {
    reading: reading.state,
    sent,
    tried,
    // An attempt that a bank has already checked is not sent to another object.
    unusable: unusable || attempt.state !== 'open',
    customerWanted: isCustomerWanted(payment, attempt, reading),
    exhausted: isExhausted(reading),
    isSubmission: object.kind === 'setup' && gateway.setupIsSubmission === true,
    spoiled: isSpoiledFor(payment, attempt, reading),
  }
}

const readObject = ({ gateway, facts, object }: Payment) => gateway.read(handleOf(facts, object))

const isExhausted = (reading: Reading) => reading.state === 'declined' && reading.exhausted === true

const isSpoiledFor = ({ gateway, attached, object }: Payment, attempt: PaymentAttempt, reading: Reading) =>
  isSpoiled({
    sent: attempt.sentAt !== null,
    attached,
    customerPresent: attempt.customerPresent,
    challenge: attempt.challenge,
    kind: object.kind,
    keptForLater: object.keptForLater,
    declined: reading.state === 'declined',
    offSessionPreventsSaving: gateway.offSessionPreventsSaving === true,
  })

/** Returns whether the bank declined only because a saved method was tried without its customer. */
const isCustomerWanted = ({ attached }: Payment, { customerPresent, challenge }: PaymentAttempt, reading: Reading) =>
  attached &&
  !customerPresent &&
  !challenge &&
  reading.state === 'declined' &&
  reading.code === 'authentication_required'

/** Returns whether this attempt was tried: its token names the object, or the object shows a newer try. */
async function readTry({ gateway, object }: Payment, attempt: PaymentAttempt, reading: Reading) {
  if (reading.state === 'paid' || reading.state === 'processing' || reading.state === 'dead')
    return { tried: true, unusable: false }
  if (!attempt.singleUse || attempt.methodId) {
    const isSentHere = attempt.objectNumber === object.objectNumber
    return { tried: isSentHere && attempt.seenBefore !== reading.trace, unusable: false }
  }
  const token = await gateway.readToken(attempt.reference)
  const usedElsewhere = token.usedBy !== null && token.usedBy !== object.objectId
  return {
    tried: token.usedBy === object.objectId,
    unusable: usedElsewhere || (token.expired && token.usedBy === null),
  }
}

/**
 * Sends the attempt under its number. It gets a new number only after a stored failure with the object read as
 * untouched, or to ask the customer after the bank declined without one.
 */
async function send(
  payment: Payment,
  attempt: PaymentAttempt,
  reading: Reading,
  { newNumber, withCustomer }: { newNumber: boolean; withCustomer: boolean },
): Promise<Reading | 'superseded' | 'stored_failure' | 'unusable' | 'read_again'> {
  const { database, gateway, facts, object, attached } = payment
  const sendNumber = attempt.sendNumber === 0 || newNumber ? attempt.sendNumber + 1 : attempt.sendNumber
  // 3-D Secure needs the customer.
  const customerPresent = attempt.customerPresent || attempt.challenge || withCustomer
  const offSession = attached && !customerPresent
  const keep = !attached
  const noted = {
    attempt: attempt.number,
    previousSendNumber: attempt.sendNumber,
    objectNumber: object.objectNumber,
    sendNumber,
    seenBefore: reading.trace,
  }
  if (!(await recordSend(database, facts, { ...noted, customerPresent, keep }))) return 'superseded'
  try {
    return await gateway.confirm(
      handleOf(facts, object),
      {
        reference: attempt.methodId
          ? { id: attempt.methodId, singleUse: false }
          : { id: attempt.reference, singleUse: attempt.singleUse },
        offSession,
        keep,
        challenge: attempt.challenge,
        amount: object.amount,
        currency: object.currency,
      },
      `${facts.onboardingId}/confirm/${object.objectNumber}/${attempt.number}/${sendNumber}`,
    )
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused')) return 'stored_failure'
    if (isGatewayError(error, 'method_unusable')) return 'unusable'
    if (isGatewayError(error, 'unexpected_state')) return 'read_again'
    throw error
  }
}

/** The response of the confirm call itself is certainly about this attempt. */
function settleAnswer(payment: Payment, attempt: PaymentAttempt, answer: Reading): Promise<ConfirmOutcome> {
  return settleAttempt(
    payment,
    attempt,
    decideConfirm({
      reading: answer.state,
      sent: true,
      tried: true,
      unusable: false,
      customerWanted: false,
      exhausted: false,
    }),
    answer,
  )
}
