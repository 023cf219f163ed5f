import type { Environment, GatewayName } from '../domain/lifecycle.ts'
import { GatewayError } from '../domain/payment/gateway-errors.ts'
import { installationAccount, type GatewayAccount } from '../domain/reference.ts'
import { accountForNew, type Payer } from '../domain/tenant/gateway-accounts.ts'
import type { BrowserSide, Gateways, OpenedGateway, PaymentGateway } from './gateway.ts'
import { openPayPal } from './paypal/open.ts'
import { openStripe } from './stripe/open.ts'

// The list of gateways, with what opens an account of each.

const openers = { stripe: openStripe, paypal: openPayPal } satisfies Record<GatewayName, unknown>
type Openers = typeof openers
type Open = (account: unknown, options: { timeout: number; live: boolean }) => OpenedGateway

/** The accounts of this installation, from environment variables. */
export type GatewayAccounts = {
  [Name in GatewayName]?: Partial<Record<Environment, Parameters<Openers[Name]>[0]>>
}

interface Opened {
  account: GatewayAccount
  gateway: PaymentGateway
  browser: BrowserSide
}

/**
 * Returns the gateways of this installation, with the accounts in its environment variables. `timeout` is the limit of
 * each call in milliseconds.
 */
export function gatewaysFrom(accounts: GatewayAccounts, timeout: number): Gateways {
  const installation = openInstallation(accounts, timeout)
  const ofNew = (payer: Payer, name: GatewayName) => installation.get(accountForNew(payer, name) ?? '')
  return {
    has: (payer, name) => ofNew(payer, name) !== undefined,
    current: async (payer, name) => ofNew(payer, name)?.gateway,
    browserSide: async (payer, name) => ofNew(payer, name)?.browser,
    listOfInstallation: () => [...installation.values()].map(({ account }) => account),
    async of(accountId) {
      const opened = installation.get(accountId)
      if (!opened) throw new GatewayError('refused', 'account_not_configured')
      return opened.gateway
    },
  }
}

function openInstallation(accounts: GatewayAccounts, timeout: number): Map<string, Opened> {
  const opened = new Map<string, Opened>()
  for (const [name, byEnvironment] of Object.entries(accounts) as [GatewayName, object][])
    for (const [environment, keys] of Object.entries(byEnvironment) as [Environment, unknown][]) {
      const account = installationAccount(environment, name)
      const { accountId } = account
      const { gateway, browser } = (openers[name] as Open)(keys, { timeout, live: environment === 'live' })
      opened.set(accountId, { account, gateway: { ...gateway, accountId }, browser })
    }
  return opened
}
