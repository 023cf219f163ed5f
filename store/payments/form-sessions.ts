import type { GatewayName } from '../../domain/lifecycle.ts'
import type { ObjectAtGateway } from '../../domain/reference.ts'
import { sessionColumns, type StoredSession } from './sessions.ts'
import type { Sql } from '../database/database.ts'

// Callers' own forms: each form that was issued is a session, and each session is submitted once.

/** A form that was issued to a caller. It has no token while it is being created. */
export type Form = Pick<StoredSession, 'onboardingId' | 'sessionNumber' | 'accountId' | 'token' | 'cancelNumber'>

/** Returns the idempotency key of the call that cancels a form. It is the same for every caller of this function. */
export const formCancelKey = ({ onboardingId, sessionNumber, cancelNumber }: Form): string =>
  `${onboardingId}/form/${sessionNumber}/cancel${cancelNumber === 0 ? '' : `/${cancelNumber}`}`

/** A session with the number of the attempt that it was submitted as; null if it was not submitted. */
export type SessionWithAttempt = StoredSession & { attempt: number | null }

/** Lists the sessions of an onboarding at a gateway that have a token, newest first. */
export async function listSessions(
  sql: Sql,
  onboardingId: string,
  gateway: GatewayName,
): Promise<SessionWithAttempt[]> {
  return sql<SessionWithAttempt[]>`
    select ${sessionColumns(sql)},
      (
        select max(a.number) from payment_attempts a
        where a.onboarding_id = s.onboarding_id and a.reference in (s.token, s.method_id)) as attempt
    from approval_sessions s
    where onboarding_id = ${onboardingId} and gateway = ${gateway} and token is not null
    order by n desc`
}

/** Lists the forms that an onboarding issued, at any gateway, newest first. An approval has a URL, a form has none. */
export async function listForms(sql: Sql, onboardingId: string): Promise<StoredSession[]> {
  return sql<StoredSession[]>`
    select ${sessionColumns(sql)} from approval_sessions
    where onboarding_id = ${onboardingId} and approve_url is null and token is not null
    order by n desc`
}

/** Returns the billing customer's newest onboarding or replacement that has a session at this gateway. */
export async function findNewestSetup(
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

/** Increments the number of a form's cancel, to send it again after the gateway stored a failure as its response. */
export async function nextFormCancel(
  sql: Sql,
  { onboardingId, sessionNumber, cancelNumber }: Pick<StoredSession, 'onboardingId' | 'sessionNumber' | 'cancelNumber'>,
): Promise<void> {
  await sql`
    update approval_sessions set c = ${cancelNumber + 1}
    where onboarding_id = ${onboardingId} and n = ${sessionNumber} and c = ${cancelNumber}`
}

/** Returns the session whose form saves a card with this gateway object. No run waits for events about it. */
export async function findForm(sql: Sql, { accountId, objectId }: ObjectAtGateway): Promise<Form | undefined> {
  const [row] = await sql<Form[]>`
    select onboarding_id, n as session_number, account_id, token, c as cancel_number
    from approval_sessions where token = ${objectId} and account_id = ${accountId}`
  return row
}

/**
 * Returns whether an onboarding issued a card form that did not lead to its payment method: the form may have saved a
 * card, or may still do so.
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
