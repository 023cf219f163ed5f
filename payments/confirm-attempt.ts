import { decideConfirm } from '../domain/payment/decide-confirm.ts'
import { GatewayError, isGatewayError } from '../domain/payment/gateway-errors.ts'
import { handleOf } from '../domain/payment/payment-object.ts'
import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import type { PaymentOutcome } from '../domain/onboarding/run.ts'
import type { PaymentGateway, Reading } from '../gateways/gateway.ts'
import type { Database } from '../store/database/database.ts'
import { findOpenAttempt, type PaymentAttempt, noteSending } from '../store/payments/attempts.ts'
import { type OpenObject, buryObject } from '../store/payments/objects.ts'
import { recordNotPaid, recordUndecided, type Recorded } from '../store/payments/outcomes.ts'
import { closeObject } from './close-object.ts'
import { recordReadAsPaid } from './record-read-as-paid.ts'
import type { VoidCode, DeclineCode } from '../domain/payment/declines.ts'

export interface Payment {
  database: Database
  gateway: PaymentGateway
  facts: OnboardingFacts
  attempt: PaymentAttempt
  object: OpenObject
  /** Whether the saved method belongs to the charged customer already, who is then not asked to be present. */
  attached: boolean
}

/** `paid_late`: on an object that others had given up meanwhile. */
export type Confirmed = PaymentOutcome | 'next_object' | 'paid_late'

/**
 * Brings one attempt on one object to an outcome: reads, decides (see `decideConfirm`), acts, and reads again on any
 * doubt. What is `known` from a moment ago is not read again. Throws where the gateway leaves it open; then all of it
 * is repeated.
 */
export async function confirmAttempt(payment: Payment, known?: Reading): Promise<Confirmed> {
  let reading: Reading = known ?? (await readObject(payment))
  let attempt: PaymentAttempt | undefined = payment.attempt
  if (mayNotBeTriedHere(payment, reading)) return settle(payment, attempt, 'close_first', reading)
  let unusable = false
  let newNumber = false
  for (let round = 0; round < 5 && attempt; round++) {
    const sent = attempt.sentAt !== null
    const standing = sent ? await standingOfAttempt(payment, attempt, reading) : { tried: false, unusable: false }
    const decision = decideConfirm({
      reading: reading.state,
      sent,
      tried: standing.tried,
      // An attempt that a bank has looked at already is not sent to another object.
      unusable: unusable || standing.unusable || attempt.state !== 'open',
      customerWanted: isCustomerWanted(payment, attempt, reading),
      exhausted: isExhausted(reading),
      isSubmission: payment.object.kind === 'setup' && payment.gateway.setupIsSubmission === true,
    })
    const withCustomer = decision === 'confirm_with_customer'
    if (decision !== 'confirm' && !withCustomer) return settle(payment, attempt, decision, reading)
    const answer = await send(payment, attempt, reading, { newNumber: newNumber || withCustomer, withCustomer })
    if (answer === 'superseded') return { outcome: 'nothing_to_do' }
    if (typeof answer !== 'string' && (withCustomer || !isCustomerWanted(payment, attempt, answer)))
      return settleAnswer(payment, attempt, answer)
    unusable ||= answer === 'unusable'
    newNumber = answer === 'stored_failure'
    reading = await readObject(payment)
    attempt = await findOpenAttempt(payment.database, payment.facts.id)
  }
  if (!attempt) return { outcome: 'nothing_to_do' }
  throw new GatewayError('unknown', 'no_outcome_yet')
}

const readObject = ({ gateway, facts, object }: Payment) => gateway.read(handleOf(facts, object))
const referenceOf = ({ facts }: Payment) => ({ billingCustomerId: facts.billingCustomerId, onboardingId: facts.id })

const isExhausted = (reading: Reading) => reading.state === 'declined' && reading.exhausted === true

/**
 * What was once confirmed to be kept for later cannot be confirmed without its customer any more: "off_session" is
 * refused where "setup_future_usage" is set on the PaymentIntent (github.com/artsy/exchange/issues/484).
 */
const mayNotBeTriedHere = ({ gateway, attached, attempt, object }: Payment, reading: Reading) => {
  if (attempt.sentAt !== null || attempt.customerPresent) return false
  if (attached) return object.keptForLater && !attempt.challenge
  // Declined without its customer: a try with one is noted as kept for later before it is sent.
  const triedWithout = object.kind === 'payment' && reading.state === 'declined' && !object.keptForLater
  return triedWithout && gateway.offSessionPreventsSaving === true
}

/** Whether the bank declined only because a saved method was tried without its customer. */
const isCustomerWanted = ({ attached }: Payment, { customerPresent, challenge }: PaymentAttempt, reading: Reading) =>
  attached &&
  !customerPresent &&
  !challenge &&
  reading.state === 'declined' &&
  reading.code === 'authentication_required'

/** Whether this very attempt was tried: its token names our object, or the object shows another try than before it. */
async function standingOfAttempt({ gateway, object }: Payment, attempt: PaymentAttempt, reading: Reading) {
  if (reading.state === 'paid' || reading.state === 'processing' || reading.state === 'dead')
    return { tried: true, unusable: false }
  if (!attempt.singleUse || attempt.methodId) return { tried: attempt.seenBefore !== reading.trace, unusable: false }
  const token = await gateway.readToken(attempt.reference)
  const usedElsewhere = token.usedBy !== null && token.usedBy !== object.objectId
  return {
    tried: token.usedBy === object.objectId,
    unusable: usedElsewhere || (token.expired && token.usedBy === null),
  }
}

/**
 * Sends the attempt under its number; a new number is taken only after a stored failure, with the object read as
 * untouched, or for the customer to be asked where the bank declined without.
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
  if (!(await noteSending(database, referenceOf(payment), { ...noted, customerPresent, keep }))) return 'superseded'
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
      `${facts.id}/confirm/${object.objectNumber}/${attempt.number}/${sendNumber}`,
    )
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused')) return 'stored_failure'
    if (isGatewayError(error, 'method_unusable')) return 'unusable'
    if (isGatewayError(error, 'unexpected_state')) return 'read_again'
    throw error
  }
}

async function isUnsent({ database, facts }: Payment, number: number): Promise<boolean> {
  const current = await findOpenAttempt(database, facts.id)
  return current?.number === number && current.sentAt === null
}

/** A fresh answer of the confirm call speaks of this attempt for certain. */
function settleAnswer(payment: Payment, attempt: PaymentAttempt, answer: Reading): Promise<Confirmed> {
  return settle(
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

const outcomes = {
  open: { outcome: 'paid' },
  closed: 'paid_late',
  method_removed: { outcome: 'void' },
} as const satisfies Record<Recorded, Confirmed>

async function settle(
  payment: Payment,
  { number, state }: PaymentAttempt,
  decision: ReturnType<typeof decideConfirm>,
  reading: Reading,
): Promise<Confirmed> {
  const { database, object } = payment
  const reference = referenceOf(payment)
  switch (decision) {
    case 'record_paid':
      return outcomes[await recordReadAsPaid(database, payment.facts, object, reading)]
    case 'record_declined':
      await recordNotPaid(database, reference, {
        number,
        state: 'declined',
        code: reading.state === 'declined' ? reading.code : 'declined',
        // The page had its secret, with which other cards could be confirmed.
        ...(state === 'needs_customer' ? { close: object.objectNumber } : {}),
      })
      return { outcome: 'declined' }
    case 'wait_for_customer':
      await recordUndecided(database, reference, { number, state: 'needs_customer' })
      return { outcome: 'needs_customer' }
    case 'wait_for_bank':
      await recordUndecided(database, reference, { number, state: 'processing' })
      return { outcome: 'processing' }
    case 'next_object':
      await buryObject(database, reference, object.objectNumber)
      return 'next_object'
    case 'close_first': {
      // Sent meanwhile by another copy of this step: then it is this very attempt that the bank asks about.
      if (!(await isUnsent(payment, number))) return { outcome: 'nothing_to_do' }
      const closed = await closeObject(payment, object)
      if (closed.state === 'dead') return settle(payment, payment.attempt, 'next_object', closed)
      if (closed.state === 'paid') return settle(payment, payment.attempt, 'record_paid', closed)
      throw new GatewayError('unknown', 'not_closed_yet')
    }
    default:
      await recordNotPaid(database, reference, {
        number,
        state: 'void',
        code: voidCode(payment.attempt),
      })
      return { outcome: 'void' }
  }
}

/** What the customer is told of an attempt that came to nothing without anybody having said no. */
export function voidCode({ gateway, singleUse }: PaymentAttempt): VoidCode | DeclineCode {
  if (!singleUse) return 'method_not_usable'
  return gateway === 'paypal' ? 'paypal_approval_needed' : 'took_too_long'
}
