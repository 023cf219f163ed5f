import { mostWebhookSecrets } from '../../domain/tenant/gateway-accounts.ts'
import type { Sql } from '../database/database.ts'

/** Ends the former webhook secrets that end first, so that there is room for one more. The newest one stays. */
export async function endOldestSecrets(sql: Sql, accountId: string): Promise<void> {
  await sql`
    update gateway_secrets set ends_at = now()
    where account_id = ${accountId} and name = 'webhook_secret' and number in (
      select number from gateway_secrets
      where account_id = ${accountId} and name = 'webhook_secret' and ends_at > now()
      order by number desc offset ${mostWebhookSecrets - 2})`
}
