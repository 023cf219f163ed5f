import { z } from 'zod'
import { invalid } from '../domain/failure/failures.ts'
import { gatewayFacts } from '../domain/gateways/list.ts'
import { gatewayNames, type Environment } from '../domain/lifecycle.ts'
import type { PaymentGateway } from '../gateways/gateway.ts'
import { command, type AdminCommand, type AdminContext } from './command.ts'
import { environment, option } from './options.ts'

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
      domain: option(domain.optional(), 'host', 'default: the host of PUBLIC_URL'),
    },
    async (context, { environment, domain: given }) => {
      const gateways = await gatewaysWithWallets(context, environment)
      const name = given ?? ownDomain(context)
      const rows = []
      for (const { name: gateway, registerDomain } of gateways)
        for (const wallet of (await registerDomain?.(name)) ?? []) rows.push({ domain: name, gateway, ...wallet })
      return { rows, nextCursor: null }
    },
  ),
}

async function gatewaysWithWallets({ gateways }: AdminContext, environment: Environment): Promise<PaymentGateway[]> {
  const names = gatewayNames.filter((name) => gatewayFacts[name].hasWallets)
  const accounts = (gateways?.listOfInstallation() ?? []).filter(
    (each) => each.environment === environment && names.includes(each.gateway),
  )
  const titles = names.map((name) => gatewayFacts[name].title).join(' or ')
  if (accounts.length === 0)
    throw invalid('--environment', `has no account at ${titles}: set its keys in the environment variables`)
  return Promise.all(accounts.map(({ accountId }) => gateways!.of(accountId)))
}

function ownDomain({ publicUrl }: AdminContext): string {
  const { data } = domain.safeParse(publicUrl && new URL(publicUrl).hostname)
  if (!data) throw invalid('--domain', `${domainRule}; the host of PUBLIC_URL is not`)
  return data
}
