import { invalid } from '../../domain/failure/failures.ts'
import type { Sql } from '../../store/database/database.ts'
import { findAnyAccount, type OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { option, text } from '../options.ts'

export const account = option(text, 'ga_…')

/** Returns the account that `--account` names, of any organization. Throws `invalid_request`. */
export async function requireAccount(sql: Sql, id: string): Promise<OwnAccount> {
  const found = await findAnyAccount(sql, id)
  if (!found) throw invalid('--account', 'must be the id of an account that an organization connected')
  return found
}

/** Returns an account as commands show it: no key is in it. */
export const shown = (found: OwnAccount) => ({
  id: found.accountId,
  organization_id: found.organizationId,
  environment: found.environment,
  gateway: found.gateway,
  status: found.status,
  ownership: found.ownership,
  vendor_account_id: found.vendorAccountId,
  key_hint: found.keyHint,
  verified_at: found.verifiedAt?.toISOString() ?? null,
  problem: found.problem,
})
