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
  c: number
  closedAt: Date | null
}

/** One submission of a payment method, numbered within its onboarding. */
export interface PaymentAttempt {
  onboardingId: string
  number: number
  source: 'page' | 'api'
  gateway: GatewayName
  reference: string
  singleUse: boolean
  gatewayCustomerId: string | null
  k: number | null
  j: number
  sentAt: Date | null
  seenBefore: string | null
  state: AttemptState
  code: string | null
}

export const objectColumns = (sql: Sql) => sql`
  onboarding_id, k, kind, gateway, gateway_customer_id, object_id, amount, currency, state, method_id, method_ours, c, closed_at`
const attemptColumns = (sql: Sql) => sql`
  onboarding_id, number, source, gateway, reference, single_use, gateway_customer_id, k, j, sent_at, seen_before, state, code`

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

/** Finds whose object the gateway's id is; webhooks know no more than that. */
export async function findOwnerOfObject(
  sql: Sql,
  object: { environment: string; gateway: GatewayName; objectId: string },
): Promise<{ onboardingId: string; k: number; ended: boolean; chargeId: string | null } | undefined> {
  const [row] = await sql<{ onboardingId: string; k: number; ended: boolean; chargeId: string | null }[]>`
    select p.onboarding_id, p.k, o.ended_at is not null as ended, c.id as charge_id
    from payment_objects p
    join onboardings o on o.id = p.onboarding_id
    left join charges c on c.object_onboarding_id = p.onboarding_id and c.k = p.k
    where p.environment = ${object.environment} and p.gateway = ${object.gateway} and p.object_id = ${object.objectId}`
  return row
}
