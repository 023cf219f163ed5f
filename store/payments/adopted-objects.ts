import { amountDue } from '../../domain/onboarding/onboarding.ts'
import type { ObjectAtGateway } from '../../domain/reference.ts'
import type { Database, Sql } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { readFacts } from '../onboardings/facts.ts'
import { makeRunDue } from '../onboardings/wake.ts'
import { insertInitialCharge } from './objects.ts'

/** A payment at the gateway that has no row here, as the gateway shows it. */
export interface PaymentWithoutRow extends ObjectAtGateway {
  /** The onboarding that its metadata names. */
  onboardingId: string
  /** The customer at the gateway; undefined if payments there have none. */
  gatewayCustomerId: string | undefined
  /** Minor units. */
  amount: number
  currency: string
}

/**
 * Gives a payment to the live onboarding that it names, with its charge, and makes the run due, which reads it. Returns
 * false if that is not certain to be right, and a person must look: the account is another organization's, the amount
 * is not the one due, the onboarding is ending or has ended, or it has another payment that is not settled. The run
 * then reads that one again.
 */
export async function adoptObject(database: Database, payment: PaymentWithoutRow): Promise<boolean> {
  const { onboardingId, accountId, objectId, gateway, environment, amount, currency } = payment
  const billingCustomerId = await ownerAtAccount(database, payment)
  if (!billingCustomerId) return false
  return underLock(database, billingCustomerId, async (sql) => {
    const facts = await readFacts(sql, onboardingId)
    if (!facts || facts.endedAt || facts.closing) return false
    if (amountDue(facts) !== amount || facts.currency !== currency) return false
    if (facts.unsettledCharges.length > 0 || facts.objects.some(({ state }) => state !== 'dead')) {
      await sql`
        update payment_objects set news_at = now()
        where onboarding_id = ${onboardingId} and state = 'open' and object_id is not null`
      await makeRunDue(sql, onboardingId)
      return false
    }
    const k = facts.objects.length + 1
    const at = { environment, gateway, accountId }
    const gatewayCustomerId = payment.gatewayCustomerId ?? facts.customerId
    const row = {
      onboardingId,
      k,
      kind: 'payment',
      ...at,
      gatewayCustomerId,
      objectId,
      amount,
      currency,
      state: 'open',
    }
    await sql`insert into payment_objects ${sql({ ...row, newsAt: new Date() })}`
    await insertInitialCharge(sql, facts, { k, gateway, accountId })
    await makeRunDue(sql, onboardingId)
    return true
  })
}

/** Returns the billing customer of the onboarding if the account can have its payments. */
async function ownerAtAccount(
  sql: Sql,
  { onboardingId, accountId, environment }: PaymentWithoutRow,
): Promise<string | undefined> {
  const [row] = await sql<{ billingCustomerId: string }[]>`
    select o.billing_customer_id from onboardings o
    join gateway_accounts a on a.id = ${accountId} and a.environment = o.environment
      and coalesce(a.organization_id, o.organization_id) = o.organization_id
    where o.id = ${onboardingId} and o.environment = ${environment} and o.kind = 'onboarding'`
  return row?.billingCustomerId
}
