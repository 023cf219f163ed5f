import { chargeData } from '../../domain/events/charge-events.ts'
import type { CallAuthor } from '../../domain/events/author.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import type { ChargeState } from '../../domain/lifecycle.ts'
import type { PersonReason } from '../../domain/onboarding/person-reasons.ts'
import { own } from '../../domain/text/own.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'
import { listOperatorTasks } from '../onboardings/operator-tasks.ts'
import { markDeadUnderLock } from '../payments/objects.ts'
import { notPaidUnderLock, paidUnderLock } from '../payments/outcomes.ts'
import { makeLiveRunDue } from '../onboardings/wake.ts'
import { referenceOf, type OnboardingReference, type Tenant } from '../../domain/reference.ts'
import { findCharge, type ChargeRow } from './charges.ts'
import { sumRefunds } from './refund-rows.ts'

/**
 * What a person found out about a charge whose outcome the gateway does not report: it never happened, it is kept, or
 * it was refunded manually.
 */
export type ChargeResolution = 'never_happened' | 'keep' | 'returned_by_hand'

const states: Record<ChargeResolution, ChargeState> = {
  never_happened: 'canceled',
  keep: 'kept',
  returned_by_hand: 'refunded',
}

/** Returns a charge of this tenant; undefined if the tenant has no charge with this id. */
export async function findChargeOf(database: Database, tenant: Tenant, id: string): Promise<ChargeRow | undefined> {
  const charge = await findCharge(database, id)
  const mine = charge?.organizationId === tenant.organizationId && charge.environment === tenant.environment
  return mine ? charge : undefined
}

/** The outcomes that fit a charge, by the reason why a person is needed. If its refund failed, it did happen. */
const fitting: Record<PersonReason, ChargeResolution[]> = {
  outcome_unknown: ['never_happened', 'keep', 'returned_by_hand'],
  refund_failed: ['keep', 'returned_by_hand'],
  disputed: ['keep', 'returned_by_hand'],
  not_paid_there: ['never_happened', 'keep'],
  amount_differs: ['keep', 'returned_by_hand'],
  // The refund is in progress and continues.
  late_payment: [],
  gateway_refused: [],
  step_failed: [],
  // These are about an onboarding.
  mapped_customer_not_found: [],
  mapped_customer_not_ours: [],
  earlier_charge: [],
  payment_objects_exhausted: [],
  no_progress: [],
  cannot_end: [],
  no_sign_of_life: [],
  blocked: [],
}

/**
 * Resolves a charge that only a person can judge: its outcome is unknown, its refund failed, it is disputed or it is
 * not paid at the gateway. Returns false, without a change, if it is none of these, the outcome does not fit, or it was
 * returned by hand while a refund is pending. An awaited charge that is kept becomes the initial charge of its
 * onboarding, which continues.
 */
export async function resolveCharge(
  database: Database,
  charge: ChargeRow,
  { outcome, reason }: { outcome: ChargeResolution; reason: string },
  author: CallAuthor,
): Promise<boolean> {
  const { billingCustomerId } = charge
  return underLock(database, billingCustomerId, async (sql) => {
    const needed = (await listOperatorTasks(sql, [billingCustomerId])).find(({ chargeId }) => chargeId === charge.id)
    if (!needed || !own(fitting, needed.reason)?.includes(outcome)) return false
    // What the gateway is still returning must not be returned by hand, too.
    if (outcome === 'returned_by_hand' && (await sumRefunds(sql, charge.id)).pending > 0) return false
    const awaiting = charge.state === 'unknown' ? await whoAwaits(sql, charge) : undefined
    const isInitialCharge = outcome === 'keep' && awaiting?.goesOn === true
    const state = isInitialCharge ? 'unknown' : states[outcome]
    await sql`update charges set state = ${state} where id = ${charge.id}`
    await insertEvent(sql, charge, {
      type: 'charge.resolved',
      ...author,
      data: { ...chargeData(charge), outcome, reason },
    })
    const method = { id: '', label: gatewayFacts[charge.gateway].title }
    if (isInitialCharge) await paidUnderLock(sql, awaiting!.reference, charge.objectNumber, method)
    else if (awaiting) await giveUp(sql, awaiting, charge.objectNumber)
    await makeLiveRunDue(sql, billingCustomerId)
    return true
  })
}

interface Awaiting {
  reference: OnboardingReference
  /** Whether its onboarding continues once the outcome is known. */
  goesOn: boolean
  /** The number of the open attempt for it. */
  number: number | null
}

async function whoAwaits(sql: Sql, charge: ChargeRow): Promise<Awaiting> {
  const reference = referenceOf(charge, { onboardingId: charge.objectOnboardingId })
  const [row] = await sql<Omit<Awaiting, 'reference'>[]>`
    select o.ended_at is null and o.closing is null and o.id = ${charge.onboardingId} as goes_on, a.number
    from onboardings o
    left join payment_attempts a on a.onboarding_id = o.id and a.k = ${charge.objectNumber} and a.closed_at is null
    where o.id = ${reference.onboardingId}`
  return { reference, ...row! }
}

/**
 * Closes the object if no money is kept or no onboarding awaits it. It can no longer be paid, and the customer can
 * retry.
 */
async function giveUp(sql: Transaction, { reference, number }: Awaiting, objectNumber: number): Promise<void> {
  await markDeadUnderLock(sql, reference, objectNumber)
  if (number !== null) await notPaidUnderLock(sql, reference, { number, state: 'void', code: 'method_not_usable' })
}
