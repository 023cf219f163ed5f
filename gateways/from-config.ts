import type { Environment, GatewayName } from '../domain/lifecycle.ts'
import type { Gateways, OpenedGateway } from './gateway.ts'
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

/**
 * Returns the gateways of this installation: one account per gateway and environment, shared by all organizations.
 * `timeout` is the limit of each call in milliseconds.
 */
export function gatewaysFrom(accounts: GatewayAccounts, timeout: number): Gateways {
  const opened: Partial<Record<GatewayName, Partial<Record<Environment, OpenedGateway>>>> = {}
  for (const [name, byEnvironment] of Object.entries(accounts) as [GatewayName, object][]) {
    opened[name] = {}
    for (const [environment, account] of Object.entries(byEnvironment) as [Environment, unknown][])
      opened[name][environment] = (openers[name] as Open)(account, { timeout, live: environment === 'live' })
  }
  return {
    for: ({ environment }, name) => opened[name]?.[environment]?.gateway,
    at: ({ environment, gateway }) => opened[gateway]?.[environment]?.gateway,
    browserSide: ({ environment }, name) => opened[name]?.[environment]?.browser,
  }
}
