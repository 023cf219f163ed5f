import { conflict, invalid } from '../../domain/failure/failures.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import { amountDue, isPaid, openAttempt, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import type { Database, Sql } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { findStandingCharge } from '../charges/charges.ts'
import { underLock } from '../database/lock.ts'
import { readFacts } from '../onboardings/facts.ts'
import { notPaidUnderLock } from '../payments/outcomes.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import { whyNotInitial } from '../../domain/onboarding/initial-amount.ts'

/**
 * Records the amount that an operator wants to charge (minor units; 0 waives). It applies at once if there is no live
 * payment object; otherwise after the run has closed the old ones. Throws a Failure if the onboarding is paid, or while
 * a payment method is being tried.
 */
export async function wantPrice(sql: Sql, onboardingId: string, amount: number): Promise<void> {
  const facts = (await readFacts(sql, onboardingId))!
  if (isPaid(facts)) throw conflict('already_paid', 'onboarding', 'is already paid')
  if (openAttempt(facts))
    throw conflict('payment_in_progress', 'onboarding', 'a payment method is being tried; try again later')
  await sql`update onboardings set wanted_amount = ${amount} where id = ${onboardingId}`
  if (!hasLiveObject(facts)) await setWanted(sql, onboardingId)
}

const hasLiveObject = ({ objects }: OnboardingFacts) => objects.some(({ state }) => state !== 'dead')

/** Throws a Failure if the onboarding may not be charged this amount (minor units). */
export async function checkPrice(
  sql: Sql,
  onboardingId: string,
  amount: number,
  settings: Pick<Settings, 'initialAmount' | 'minimumInitialAmount'>,
): Promise<void> {
  const [row] = await sql<{ currency: string; organizationCurrency: string }[]>`
    select o.currency, g.currency as organization_currency
    from onboardings o join organizations g on g.id = o.organization_id where o.id = ${onboardingId}`
  const wrong = whyNotInitial(amount, { ...row!, settings }, 'minor')
  if (wrong) throw invalid('amount', wrong)
}

async function setWanted(sql: Sql, onboardingId: string): Promise<void> {
  await sql`
    update onboardings
    set require_initial = wanted_amount > 0, amount = case when wanted_amount > 0 then wanted_amount else amount end,
      wanted_amount = null
    where id = ${onboardingId} and wanted_amount is not null`
}

/** Applies the wanted price if every object with the old price is dead. Safe to repeat. */
export async function applyWantedPrice(
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
): Promise<void> {
  await underLock(database, billingCustomerId, async (sql) => {
    const facts = await readFacts(sql, onboardingId)
    if (!facts || facts.endedAt || facts.closing || openAttempt(facts) || hasLiveObject(facts)) return
    await setWanted(sql, onboardingId)
  })
}

/** Drops the wanted price, because the old one is paid, and reports it in an event. */
export async function dropWantedPrice(database: Database, reference: OnboardingReference): Promise<void> {
  await underLock(database, reference.billingCustomerId, async (sql) => {
    const rows = await sql`
      update onboardings set wanted_amount = null
      where id = ${reference.onboardingId} and wanted_amount is not null
      returning id`
    if (rows.length > 0)
      await insertEvent(sql, reference, { type: 'onboarding.price_change_refused', data: { why: 'paid' } })
  })
}

/**
 * Records that an initial charge from before the billing customer was closed stands after all, because its refund
 * failed, or an operator keeps it: the onboarding charges nothing. Voids the open attempt, which was to pay, and
 * returns whether it did.
 */
export async function letChargeStand(
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingFacts,
  chargeId: string,
): Promise<boolean> {
  return underLock(database, billingCustomerId, async (sql) => {
    const facts = (await readFacts(sql, onboardingId))!
    const stands =
      facts.unsettledCharges.some(({ id, state }) => id === chargeId && state === 'succeeded') ||
      (await findStandingCharge(sql, billingCustomerId)) === chargeId
    if (facts.endedAt || facts.closing || !stands) return false
    await sql`
      update onboardings set standing_charge_id = ${chargeId}, require_initial = false, wanted_amount = null
      where id = ${onboardingId}`
    const attempt = openAttempt(facts)
    if (!attempt || amountDue(facts) === 0) return false
    const code = gatewayFacts[facts.gateway].lapsedCode
    await notPaidUnderLock(sql, facts, { number: attempt.number, state: 'void', code })
    return true
  })
}
