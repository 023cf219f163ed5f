import { byOperator } from '../../domain/events/author.ts'
import { invalid } from '../../domain/failure/failures.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import { gatewayNames, type GatewayName } from '../../domain/lifecycle.ts'
import { accountOwnerships } from '../../domain/payment/customer-ownership.ts'
import { webhookUrlOf } from '../../payments/accounts/account-webhook.ts'
import { connectAccount } from '../../payments/accounts/connect-account.ts'
import type { AccountDependencies } from '../../payments/accounts/dependencies.ts'
import { rotateAccount } from '../../payments/accounts/rotate-account.ts'
import { verifyAccount } from '../../payments/accounts/verify-account.ts'
import { createAccountSealing } from '../../store/gateway-accounts/account-sealing.ts'
import type { OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { newId } from '../../store/database/new-id.ts'
import { z } from 'zod'
import { command, type AdminCommand, type AdminContext } from '../command.ts'
import { operator, option, tenant } from '../options.ts'
import { requireOrganization } from '../setup.ts'
import { account, requireAccount, shown } from './account-option.ts'
import { readKeys } from '../input/read-keys.ts'

const fieldsOf = (gateway: GatewayName) => Object.values(gatewayFacts[gateway].accountFields).map(({ field }) => field)
const keyFields = gatewayNames.flatMap(fieldsOf)

/** What these commands share with the API. Throws `invalid_request` without the variables that they need. */
function dependenciesOf({ database, gateways, gatewayKeys = [], publicUrl }: AdminContext): AccountDependencies {
  if (gatewayKeys.length === 0)
    throw invalid('GATEWAY_KEYS', 'is missing: set it to the keys of the API and the worker')
  if (!publicUrl) throw invalid('PUBLIC_URL', 'is missing: set it to the address of the API')
  return { database, gateways: gateways!, accountSealing: createAccountSealing(gatewayKeys), publicUrl }
}

const withWebhook = (found: OwnAccount, publicUrl: string) => ({
  ...shown(found),
  webhook_url: webhookUrlOf(publicUrl, found),
  webhook_endpoint_id: found.webhookEndpointId,
})

const readingKeys = (made: AdminCommand): AdminCommand => ({ ...made, keyFields })

/** Commands that read keys from standard input, or try them. They do what the API does. */
export const gatewayKeyCommands: Record<string, AdminCommand> = {
  'create-gateway-account': readingKeys(
    command(
      'Connect an account at a gateway to an organization; reads its keys from standard input',
      {
        ...tenant,
        gateway: z.enum(gatewayNames),
        ownership: option(
          z.enum(accountOwnerships).default('exclusive'),
          accountOwnerships.join('|'),
          "exclusive (default): all customers of the account are the organization's",
        ),
        operator,
      },
      async (context, { organization: organizationId, environment, gateway, ownership, operator }) => {
        const d = dependenciesOf(context)
        await requireOrganization(context.database, organizationId)
        const keys = await readKeys(context.input!, fieldsOf(gateway))
        const made = { accountId: newId('gatewayAccount'), organizationId, environment, gateway }
        return withWebhook(await connectAccount(d, made, keys, ownership, byOperator(operator)), d.publicUrl)
      },
    ),
  ),
  'verify-gateway-account': command(
    'Try each permission of a gateway account by reading',
    { account, operator },
    async (context, input) => {
      const d = dependenciesOf(context)
      const found = await requireAccount(context.database, input.account)
      const { account: verified, checks, webhook } = await verifyAccount(d, found, byOperator(input.operator))
      const permissions = Object.fromEntries(checks.map(({ permission, granted }) => [permission, granted]))
      return { ...withWebhook(verified, d.publicUrl), permissions, webhook }
    },
  ),
  'rotate-gateway-account': readingKeys(
    command(
      'Replace keys of a gateway account by others of the same account; reads them from standard input',
      { account, operator },
      async (context, input) => {
        const d = dependenciesOf(context)
        const found = await requireAccount(context.database, input.account)
        const keys = await readKeys(context.input!, fieldsOf(found.gateway))
        return withWebhook(await rotateAccount(d, found, keys, byOperator(input.operator)), d.publicUrl)
      },
    ),
  ),
}
