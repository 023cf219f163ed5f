import type { GatewayAccount, OnboardingReference } from '../../domain/reference.ts'
import type { Database, Sql } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { recordAccountRefused } from '../gateway-accounts/refused-accounts.ts'
import { reportTaskUnderLock } from './operator-tasks.ts'

/**
 * Records that a gateway refuses to begin this onboarding: the account lacks a permission, key or setting, or the
 * organization's data is rejected. Reports it to an operator once per onboarding. `code` is ours or the vendor's.
 */
export async function recordGatewayRefused(
  database: Database,
  reference: OnboardingReference,
  account: Pick<GatewayAccount, 'gateway' | 'accountId'>,
  code: string,
): Promise<void> {
  await underLock(database, reference.billingCustomerId, async (sql) => {
    await recordAccountRefused(sql, reference, account, code)
    const rows = await sql`
      update onboardings set refused_gateway = ${account.gateway}
      where id = ${reference.onboardingId} and ended_at is null
      returning id`
    if (rows.length > 0) await reportTaskUnderLock(sql, reference, 'gateway_refused')
  })
}

/**
 * Offers the gateway of this onboarding again immediately, after an operator confirmed that it accepts our account.
 */
export async function offerRefusedGateway(sql: Sql, onboardingId: string): Promise<void> {
  await sql`
    update gateway_accounts a set is_usable = true
    from onboardings o
    where o.id = ${onboardingId} and a.organization_id = o.organization_id and a.environment = o.environment
      and a.gateway = coalesce(o.refused_gateway, o.gateway) and not a.is_usable`
  await sql`
    update refused_gateways r set offered_at = now()
    from onboardings o
    where o.id = ${onboardingId} and r.organization_id = o.organization_id and r.environment = o.environment
      and r.gateway = coalesce(o.refused_gateway, o.gateway)`
}
