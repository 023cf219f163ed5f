import { gatewayFacts } from '../domain/gateways/list.ts'
import type { ConfirmDecision } from '../domain/payment/decide-confirm.ts'
import type { DeclineCode, VoidCode } from '../domain/payment/declines.ts'
import { GatewayError } from '../domain/payment/gateway-errors.ts'
import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import type { PaymentOutcome } from '../domain/onboarding/run.ts'
import type { PaymentGateway, Reading } from '../gateways/gateway.ts'
import type { Database } from '../store/database/database.ts'
import { findOpenAttempt, type PaymentAttempt } from '../store/payments/attempts.ts'
import { type OpenObject, markObjectDead } from '../store/payments/objects.ts'
import { recordNotPaid, recordUndecided, type Recorded } from '../store/payments/outcomes.ts'
import { closeObject } from './close-object.ts'
import { recordReadAsPaid } from './record-read-as-paid.ts'

export interface Payment {
  database: Database
  gateway: PaymentGateway
  facts: OnboardingFacts
  attempt: PaymentAttempt
  object: OpenObject
  /** Whether the saved method belongs to the charged customer already, who is then not asked to be present. */
  attached: boolean
}

/** `paid_late`: paid on an object that was closed meanwhile. */
export type ConfirmOutcome = PaymentOutcome | 'next_object' | 'paid_late'

const outcomes = {
  open: { outcome: 'paid' },
  closed: 'paid_late',
  method_removed: { outcome: 'void' },
} as const satisfies Record<Recorded, ConfirmOutcome>

/** Records or executes the decision about an attempt, and returns the outcome. */
export async function settleAttempt(
  payment: Payment,
  { number, state }: PaymentAttempt,
  decision: ConfirmDecision,
  reading: Reading,
): Promise<ConfirmOutcome> {
  const { database, facts, object } = payment
  switch (decision) {
    case 'record_paid':
      return outcomes[await recordReadAsPaid(database, facts, object, reading)]
    case 'record_declined':
      await recordNotPaid(database, facts, {
        number,
        state: 'declined',
        code: reading.state === 'declined' ? reading.code : 'declined',
        // The page had its client secret, with which other cards could be confirmed.
        ...(state === 'needs_customer' ? { close: object.objectNumber } : {}),
      })
      return { outcome: 'declined' }
    case 'wait_for_customer':
      await recordUndecided(database, facts, { number, state: 'needs_customer' })
      return { outcome: 'needs_customer' }
    case 'wait_for_bank':
      await recordUndecided(database, facts, { number, state: 'processing' })
      return { outcome: 'processing' }
    case 'next_object':
      await markObjectDead(database, facts, object.objectNumber)
      return 'next_object'
    case 'close_first': {
      // Sent meanwhile by another copy of this step: then the bank asks about this attempt.
      if (!(await isUnsent(payment, number))) return { outcome: 'nothing_to_do' }
      const closed = await closeObject(payment, object)
      if (closed.state === 'dead') return settleAttempt(payment, payment.attempt, 'next_object', closed)
      if (closed.state === 'paid') return settleAttempt(payment, payment.attempt, 'record_paid', closed)
      throw new GatewayError('unknown', 'not_closed_yet')
    }
    default:
      await recordNotPaid(database, facts, {
        number,
        state: 'void',
        code: voidCode(payment.attempt),
      })
      return { outcome: 'void' }
  }
}

/** Returns what the customer is told about an attempt that failed without a decline. */
export const voidCode = ({ gateway, singleUse }: PaymentAttempt): VoidCode | DeclineCode =>
  singleUse ? gatewayFacts[gateway].lapsedCode : 'method_not_usable'

async function isUnsent({ database, facts }: Payment, number: number): Promise<boolean> {
  const current = await findOpenAttempt(database, facts.onboardingId)
  return current?.number === number && current.sentAt === null
}
