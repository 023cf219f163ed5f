import type { GatewayName } from '../../domain/lifecycle.ts'
import type { ObjectAtGateway } from '../../domain/reference.ts'
import { sessionColumns, type StoredSession } from './sessions.ts'
import type { Sql } from '../database/database.ts'

// Callers with their own form: what they were given out is a session too, and each is handed in once.

/** A caller's form that was given out; without a token while it is being made. */
export type Form = Pick<StoredSession, 'onboardingId' | 'sessionNumber' | 'token' | 'cancelNumber'>

/** The key of the call that cancels a form, whoever makes it. */
export const formCancelKey = ({ onboardingId, sessionNumber, cancelNumber }: Form): string =>
  `${onboardingId}/form/${sessionNumber}/cancel${cancelNumber === 0 ? '' : `/${cancelNumber}`}`

/** A session with the attempt that it was handed in as; null where it was not yet. */
export type HandedSession = StoredSession & { attempt: number | null }

/** The sessions of an onboarding at a gateway, newest first. */
export async function listSessions(sql: Sql, onboardingId: string, gateway: GatewayName): Promise<HandedSession[]> {
  return sql<HandedSession[]>`
    select ${sessionColumns(sql)},
      (
        select max(a.number) from payment_attempts a
        where a.onboarding_id = s.onboarding_id and a.reference in (s.token, s.method_id)) as attempt
    from approval_sessions s
    where onboarding_id = ${onboardingId} and gateway = ${gateway} and token is not null
    order by n desc`
}

/** The forms that an onboarding gave out, at whatever gateway, newest first. An approval has a URL, a form has none. */
export async function listForms(sql: Sql, onboardingId: string): Promise<StoredSession[]> {
  return sql<StoredSession[]>`
    select ${sessionColumns(sql)} from approval_sessions
    where onboarding_id = ${onboardingId} and approve_url is null and token is not null
    order by n desc`
}

/** The onboarding or replacement whose session at this gateway is the newest of the billing customer. */
export async function findSetUp(
  sql: Sql,
  billingCustomerId: string,
  gateway: GatewayName,
): Promise<string | undefined> {
  const [row] = await sql<{ onboardingId: string }[]>`
    select s.onboarding_id from approval_sessions s join onboardings o on o.id = s.onboarding_id
    where o.billing_customer_id = ${billingCustomerId} and s.gateway = ${gateway} and s.token is not null
    order by o.n desc limit 1`
  return row?.onboardingId
}

/** A cancel whose stored answer is a failure of the gateway is sent again under the next number. */
export async function nextFormCancel(
  sql: Sql,
  { onboardingId, sessionNumber, cancelNumber }: Pick<StoredSession, 'onboardingId' | 'sessionNumber' | 'cancelNumber'>,
): Promise<void> {
  await sql`
    update approval_sessions set c = ${cancelNumber + 1}
    where onboarding_id = ${onboardingId} and n = ${sessionNumber} and c = ${cancelNumber}`
}

/** The session whose form saves a card with this object of the gateway: no run waits for news of it. */
export async function findForm(
  sql: Sql,
  { environment, gateway, objectId }: ObjectAtGateway,
): Promise<Form | undefined> {
  const [row] = await sql<Form[]>`
    select s.onboarding_id, s.n as session_number, s.token, s.c as cancel_number
    from approval_sessions s join onboardings o on o.id = s.onboarding_id
    where s.token = ${objectId} and s.gateway = ${gateway} and o.environment = ${environment}`
  return row
}

/**
 * Whether a card form that an onboarding gave out did not come to its payment method: it may have saved a card, or
 * still do.
 */
export async function hasUnusedForms(sql: Sql, onboardingId: string): Promise<boolean> {
  const rows = await sql`
    select 1 from approval_sessions s
    where onboarding_id = ${onboardingId} and approve_url is null and token is not null
      and not exists (
        select 1 from payment_attempts a
        where a.onboarding_id = s.onboarding_id and a.state = 'paid' and a.reference in (s.token, s.method_id))
    limit 1`
  return rows.length > 0
}
