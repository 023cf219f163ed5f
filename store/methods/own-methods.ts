import type { Sql } from '../database/database.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'

/**
 * Payment methods that this onboarding made of what the customer approved and that were not taken back, used or not.
 */
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
): Promise<{ gateway: GatewayName; number: number; methodId: string; objectNumber: number | null }[]> {
  return sql<{ gateway: GatewayName; number: number; methodId: string; objectNumber: number | null }[]>`
    select gateway, number, method_id, k as object_number from payment_attempts
    where onboarding_id = ${onboardingId} and method_id is not null and method_gone_at is null
      and state in ('declined', 'void', 'abandoned') order by number`
}
