import type { z } from 'zod'
import type { GatewayName } from '../../domain/lifecycle.ts'
import type { AccountVariables, Mode } from './account-variables.ts'
import { paypal } from './paypal.ts'
import { stripe } from './stripe.ts'

// The list of gateways, with the environment variables of each.

const vendors = { stripe, paypal } satisfies Record<GatewayName, AccountVariables<never>>
type Vendors = typeof vendors

export const gatewayVariables = { ...stripe.variables, ...paypal.variables }

export const accountVariables = Object.values(vendors)

/** The configured accounts by gateway and environment. */
export type GatewayAccounts = {
  [Name in GatewayName]: { [Mode in 'live' | 'sandbox']?: NonNullable<ReturnType<Vendors[Name]['accountOf']>> }
}

/** Returns the accounts of these variables. */
export function accountsOf(e: z.infer<z.ZodObject<typeof gatewayVariables>>, publicUrl: string): GatewayAccounts {
  const of = (mode: Mode, name: GatewayName) => vendors[name].accountOf(e, mode, publicUrl)
  const both = (name: GatewayName) => {
    const [live, sandbox] = [of('LIVE', name), of('TEST', name)]
    return { ...(live ? { live } : {}), ...(sandbox ? { sandbox } : {}) }
  }
  return Object.fromEntries(
    (Object.keys(vendors) as GatewayName[]).map((name) => [name, both(name)]),
  ) as GatewayAccounts
}

/** Returns the gateways whose sandbox is a simulator: another address than the vendor's is set. */
export const simulatedGateways = (e: z.infer<z.ZodObject<typeof gatewayVariables>>): GatewayName[] =>
  (Object.keys(vendors) as GatewayName[]).filter((name) => e[`${vendors[name].prefix}_API_URL`] !== undefined)

/** How each gateway is reached from this installation. */
export type GatewayPlaces = {
  [Name in GatewayName]: Record<'live' | 'sandbox', ReturnType<Vendors[Name]['placeOf']>>
}

/** Returns how the gateways are reached, for accounts that are not in variables. */
export function placesOf(e: z.infer<z.ZodObject<typeof gatewayVariables>>, publicUrl: string): GatewayPlaces {
  const of = (name: GatewayName) => ({
    live: vendors[name].placeOf(e, 'LIVE', publicUrl),
    sandbox: vendors[name].placeOf(e, 'TEST', publicUrl),
  })
  return Object.fromEntries((Object.keys(vendors) as GatewayName[]).map((name) => [name, of(name)])) as GatewayPlaces
}
