import type { Environment, GatewayName } from '../domain/lifecycle.ts'
import { GatewayError } from '../domain/payment/gateway-errors.ts'
import { installationAccount, type GatewayAccount } from '../domain/reference.ts'
import { accountForNew, type AccountKeys, type Payer } from '../domain/tenant/gateway-accounts.ts'
import { limitCallsInFlight } from './calls-in-flight.ts'
import type { OpenedGateway } from './gateway.ts'
import type { Gateways } from './gateways.ts'
import { measured } from './measured.ts'
import { paypalAccountWith } from './paypal/account.ts'
import { openPayPal } from './paypal/open.ts'
import { createAccountLookup, type FindAccount, type Opened, type StoredAccount } from './stored-accounts.ts'
import { stripeAccountOn, stripeAccountWith } from './stripe/account.ts'
import { openStripe } from './stripe/open.ts'

// The list of gateways, with what opens an account of each.

const openers = { stripe: openStripe, paypal: openPayPal } satisfies Record<GatewayName, unknown>
type Openers = typeof openers
type Open = (account: unknown, options: { timeout: number; live: boolean }) => OpenedGateway

/** The accounts of this installation, from environment variables. */
export type GatewayAccounts = {
  [Name in GatewayName]?: Partial<Record<Environment, Parameters<Openers[Name]>[0]>>
}

const withKeys = { stripe: stripeAccountWith, paypal: paypalAccountWith } satisfies Record<GatewayName, unknown>
type WithKeys = typeof withKeys

/** Of the gateways at which accounts can be connected to that of the installation. */
const onPlatforms = { stripe: stripeAccountOn, paypal: undefined } satisfies Record<GatewayName, unknown>
type OnPlatform = ((platform: unknown, connectedId: string) => unknown) | undefined

/** How each gateway is reached from this installation, with which account whatsoever. */
export type GatewayPlaces = {
  [Name in GatewayName]: Record<Environment, Parameters<WithKeys[Name]>[1]>
}

/** The accounts that organizations connected. */
export interface OwnAccountSource {
  find: FindAccount
  places: GatewayPlaces
}

/**
 * Returns the gateways with the accounts in environment variables, and those that organizations connected. `timeout` is
 * the limit of each call in milliseconds. `callsPerAccount`: how many calls to one account may be in flight (see
 * `limitCallsInFlight`).
 */
export function gatewaysFrom(
  accounts: GatewayAccounts,
  timeout: number,
  own?: OwnAccountSource,
  callsPerAccount = Infinity,
): Gateways {
  const limits = { timeout, callsPerAccount }
  const installation = openInstallation(accounts, limits)
  const openWith = (account: GatewayAccount, keys: AccountKeys): Opened => {
    const { environment, gateway } = account
    if (!own) throw new GatewayError('refused', 'account_not_configured')
    const place = own.places[gateway][environment]
    const made = (withKeys[gateway] as (keys: AccountKeys, place: object) => unknown)(keys, place)
    return openAccount(account, made, limits)
  }
  const openStored = ({ account, connectedId, openKeys }: StoredAccount): Opened => {
    if (connectedId === undefined) return openWith(account, openKeys())
    const platform = accounts[account.gateway]?.[account.environment]
    const on = onPlatforms[account.gateway] as OnPlatform
    if (!platform || !on) throw new GatewayError('refused', 'account_not_configured')
    return openAccount(account, on(platform, connectedId), limits)
  }
  const lookUp = createAccountLookup(async (id) => own?.find(id), openStored)
  const find = async (accountId: string) => installation.get(accountId) ?? lookUp(accountId)
  const idForNew = (payer: Payer, name: GatewayName) => {
    const accountId = accountForNew(payer, name)
    const isInstallations = accountId === installationAccount(payer.environment, name).accountId
    return accountId && (!isInstallations || installation.has(accountId)) ? accountId : undefined
  }
  const findForNew = async (payer: Payer, name: GatewayName) => {
    const accountId = idForNew(payer, name)
    return accountId === undefined ? undefined : find(accountId)
  }
  return {
    has: (payer, name) => idForNew(payer, name) !== undefined,
    current: async (payer, name) => (await findForNew(payer, name))?.gateway,
    browserSide: async (payer, name) => (await findForNew(payer, name))?.browser,
    browserSideOf: async (accountId) => (await find(accountId)).browser,
    listOfInstallation: () => [...installation.values()].map(({ account }) => account),
    accountOf: async (accountId) => (await find(accountId)).account,
    of: async (accountId) => (await find(accountId)).gateway,
    withKeys: (account, keys) => openWith(account, keys).gateway,
  }
}

interface Limits {
  timeout: number
  callsPerAccount: number
}

function openAccount(account: GatewayAccount, keys: unknown, { timeout, callsPerAccount }: Limits): Opened {
  const { accountId, environment, gateway: name } = account
  const { gateway, browser } = (openers[name] as Open)(keys, { timeout, live: environment === 'live' })
  // What the limit rejects is no call to the gateway.
  const limited = limitCallsInFlight(measured({ ...gateway, accountId }, account), callsPerAccount)
  return { account, gateway: limited, browser }
}

function openInstallation(accounts: GatewayAccounts, limits: Limits): Map<string, Opened> {
  const opened = new Map<string, Opened>()
  for (const [name, byEnvironment] of Object.entries(accounts) as [GatewayName, object][])
    for (const [environment, keys] of Object.entries(byEnvironment) as [Environment, unknown][]) {
      const account = installationAccount(environment, name)
      opened.set(account.accountId, openAccount(account, keys, limits))
    }
  return opened
}
