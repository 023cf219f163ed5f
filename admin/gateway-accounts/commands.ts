import { byOperator } from '../../domain/events/author.ts'
import { invalid } from '../../domain/failure/failures.ts'
import type { AccountStatus } from '../../domain/tenant/gateway-accounts.ts'
import { createAccountSealing, isSealError } from '../../store/gateway-accounts/account-sealing.ts'
import { listAccounts } from '../../store/gateway-accounts/accounts.ts'
import { setStatus } from '../../store/gateway-accounts/changes.ts'
import { rewrapKeys } from '../../store/gateway-accounts/keys.ts'
import { command, type AdminCommand } from '../command.ts'
import { operator, page, tenant } from '../options.ts'
import { requireOrganization } from '../setup.ts'
import { account, requireAccount, shown } from './account-option.ts'
import { gatewayKeyCommands } from './key-commands.ts'

const statusCommand = (summary: string, status: Exclude<AccountStatus, 'pending'>): AdminCommand =>
  command(summary, { account, operator }, async ({ database }, input) => {
    const found = await requireAccount(database, input.account)
    return shown(await setStatus(database, found, status, byOperator(input.operator)))
  })

/** Accounts at the gateways that organizations connected. No command shows a key. */
export const gatewayAccountCommands: Record<string, AdminCommand> = {
  'list-gateway-accounts': command(
    'List the gateway accounts that an organization connected',
    { ...tenant, ...page },
    async ({ database }, { organization: organizationId, environment, ...request }) => {
      await requireOrganization(database, organizationId)
      const { rows, nextCursor } = await listAccounts(database, { organizationId, environment }, request)
      return { rows: rows.map(shown), nextCursor }
    },
  ),
  ...gatewayKeyCommands,
  'activate-gateway-account': statusCommand('Use a gateway account again for what begins', 'active'),
  'drain-gateway-account': statusCommand('Begin nothing new with a gateway account', 'draining'),
  'disable-gateway-account': statusCommand('Charge nothing more with a gateway account', 'disabled'),
  'rewrap-gateway-keys': command(
    'Encrypt the keys of all gateway accounts with the first key of GATEWAY_KEYS; can be repeated',
    {},
    async ({ database, gatewayKeys = [] }) => {
      if (gatewayKeys.length === 0)
        throw invalid('GATEWAY_KEYS', 'is missing: set it to the keys of the API and the worker')
      return rewrapKeys(database, createAccountSealing(gatewayKeys), isSealError)
    },
  ),
}
