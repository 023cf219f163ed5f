import { z } from 'zod'
import { invalid } from '../domain/failure/failures.ts'
import { gatewayFacts } from '../domain/gateways/list.ts'
import { gatewayNames, type Environment } from '../domain/lifecycle.ts'
import type { PaymentGateway } from '../gateways/gateway.ts'
import { findAnyAccount } from '../store/gateway-accounts/accounts.ts'
import { command, type AdminCommand, type AdminContext } from './command.ts'
import { environment, option, text } from './options.ts'

const domainRule =
  'must be the name of a public host, such as pay.example.com: without scheme, port and path, ' +
  'with non-ASCII names in punycode'
const domain = z
  .string()
  .regex(/^(?=.{1,253}$)([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+[a-z]([a-z\d-]{0,61}[a-z\d])$/, domainRule)

/** Domains of pages that show wallets. */
export const domainCommands: Record<string, AdminCommand> = {
  'register-payment-domain': command(
    'Register a domain at the gateways, so that the page shows wallets on it; can be repeated',
    {
      environment,
      account: option(text.optional(), 'ga_…', "an organization's own account; default: that of the installation"),
      domain: option(domain.optional(), 'host', 'default: the host of PUBLIC_URL'),
    },
    async (context, { environment, account, domain: given }) => {
      const gateways =
        account === undefined
          ? await gatewaysWithWallets(context, environment)
          : [await ownGateway(context, environment, account)]
      const name = given ?? ownDomain(context)
      const rows = []
      for (const { name: gateway, registerDomain } of gateways)
        for (const wallet of (await registerDomain?.(name)) ?? []) rows.push({ domain: name, gateway, ...wallet })
      return { rows, nextCursor: null }
    },
  ),
}

const namesWithWallets = gatewayNames.filter((name) => gatewayFacts[name].hasWallets)
const titlesWithWallets = namesWithWallets.map((name) => gatewayFacts[name].title).join(' or ')

async function gatewaysWithWallets({ gateways }: AdminContext, environment: Environment): Promise<PaymentGateway[]> {
  const accounts = (gateways?.listOfInstallation() ?? []).filter(
    (each) => each.environment === environment && namesWithWallets.includes(each.gateway),
  )
  if (accounts.length === 0)
    throw invalid('--environment', `has no account at ${titlesWithWallets}: set its keys in the environment variables`)
  return Promise.all(accounts.map(({ accountId }) => gateways!.of(accountId)))
}

/** Returns the gateway with an account that an organization connected. */
async function ownGateway({ database, gateways }: AdminContext, environment: Environment, id: string) {
  const found = await findAnyAccount(database, id)
  if (found?.environment === environment && gatewayFacts[found.gateway].hasWallets) return gateways!.of(found.accountId)
  const rule = `must be the id of an account at ${titlesWithWallets} that an organization connected in ${environment}`
  throw invalid('--account', rule)
}

function ownDomain({ publicUrl }: AdminContext): string {
  const { data } = domain.safeParse(publicUrl && new URL(publicUrl).hostname)
  if (!data) throw invalid('--domain', `${domainRule}; the host of PUBLIC_URL is not`)
  return data
}
