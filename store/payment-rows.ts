import type { AttemptState, GatewayName, ObjectState } from '../domain/lifecycle.ts'
import type { Sql } from './database.ts'

/** One payment object at the gateway (a PaymentIntent, a SetupIntent), the k-th of its onboarding. */
export interface PaymentObject {
  onboardingId: string
  k: number
  kind: 'payment' | 'setup'
  gateway: GatewayName
  gatewayCustomerId: string
  objectId: string | null
  /** Minor units. */
  amount: number
  currency: string
  state: ObjectState
  methodId: string | null
  methodOurs: boolean | null
  /** Whether it was ever confirmed with the customer present, to be charged again later. */
  keptForLater: boolean
  /** Whether it is created and paid in one call: until that is answered it has no id. */
  atOnce: boolean
  /** When that call was made first. */
  sentAt: Date | null
  /** What that call says of its payer, who approved just before or is not asked; null where nothing was noted. */
  payerPresent: boolean | null
  c: number
  closedAt: Date | null
}

/** One whose id at the gateway we know. */
export type OpenObject = PaymentObject & { objectId: string }

/** One submission of a payment method, numbered within its onboarding. */
export interface PaymentAttempt {
  onboardingId: string
  number: number
  source: 'page' | 'api'
  gateway: GatewayName
  reference: string
  singleUse: boolean
  gatewayCustomerId: string | null
  /** The lasting payment method that was made of what the customer approved. */
  methodId: string | null
  k: number | null
  j: number
  sentAt: Date | null
  seenBefore: string | null
  /** Whether it is confirmed with the customer at hand: the bank declined it without. */
  customerPresent: boolean
  /** Whether the bank is asked for 3-D Secure: the organization was at its limit of the guard. */
  challenge: boolean
  state: AttemptState
  code: string | null
}

export const objectColumns = (sql: Sql) => sql`
  onboarding_id, k, kind, gateway, gateway_customer_id, object_id, amount, currency, state, method_id, method_ours,
  kept_for_later, at_once, sent_at, payer_present, c, closed_at`
const attemptColumns = (sql: Sql) => sql`
  onboarding_id, number, source, gateway, reference, single_use, gateway_customer_id, method_id, k, j, sent_at, seen_before, customer_present,
  challenge, state, code`

export async function listObjects(sql: Sql, onboardingId: string): Promise<PaymentObject[]> {
  return sql<
    PaymentObject[]
  >`select ${objectColumns(sql)} from payment_objects where onboarding_id = ${onboardingId} order by k`
}

export async function findObject(sql: Sql, onboardingId: string, k: number): Promise<PaymentObject | undefined> {
  const [row] = await sql<PaymentObject[]>`
    select ${objectColumns(sql)} from payment_objects where onboarding_id = ${onboardingId} and k = ${k}`
  return row
}

export async function findOpenAttempt(sql: Sql, onboardingId: string): Promise<PaymentAttempt | undefined> {
  const [row] = await sql<PaymentAttempt[]>`
    select ${attemptColumns(sql)} from payment_attempts where onboarding_id = ${onboardingId} and closed_at is null`
  return row
}

export async function findAttempt(sql: Sql, onboardingId: string, number: number): Promise<PaymentAttempt | undefined> {
  const [row] = await sql<PaymentAttempt[]>`
    select ${attemptColumns(sql)} from payment_attempts where onboarding_id = ${onboardingId} and number = ${number}`
  return row
}

export interface ObjectOwner {
  billingCustomerId: string
  onboardingId: string
  k: number
  ended: boolean
  chargeId: string | null
  /** Whether the charge is to stay as it is. */
  settled: boolean
}

/** Payment methods that this onboarding made of what the customer approved and that were not taken back, used or not. */
export async function listOwnMethods(
  sql: Sql,
  onboardingId: string,
): Promise<{ gateway: GatewayName; number: number; methodId: string }[]> {
  return sql<{ gateway: GatewayName; number: number; methodId: string }[]>`
    select gateway, number, method_id from payment_attempts
    where onboarding_id = ${onboardingId} and method_id is not null and method_gone_at is null order by number`
}

/** Those among them whose attempt came to nothing, with the number of the object that they were sent to. */
export async function listUnusedMethods(
  sql: Sql,
  onboardingId: string,
): Promise<{ gateway: GatewayName; number: number; methodId: string; k: number | null }[]> {
  return sql<{ gateway: GatewayName; number: number; methodId: string; k: number | null }[]>`
    select gateway, number, method_id, k from payment_attempts
    where onboarding_id = ${onboardingId} and method_id is not null and method_gone_at is null
      and state in ('declined', 'void', 'abandoned') order by number`
}

/** Finds whose object the gateway's id is; webhooks know no more than that. */
export async function findOwnerOfObject(
  sql: Sql,
  object: { environment: string; gateway: GatewayName; objectId: string },
): Promise<ObjectOwner | undefined> {
  const [row] = await sql<ObjectOwner[]>`
    select o.billing_customer_id, p.onboarding_id, p.k, o.ended_at is not null as ended, c.id as charge_id,
      coalesce(c.state = 'kept' or (c.state = 'succeeded' and h.result = 'completed' and not c.late), false) as settled
    from payment_objects p
    join onboardings o on o.id = p.onboarding_id
    left join charges c on c.object_onboarding_id = p.onboarding_id and c.k = p.k
    left join onboardings h on h.id = c.onboarding_id
    where p.environment = ${object.environment} and p.gateway = ${object.gateway} and p.object_id = ${object.objectId}`
  return row
}
