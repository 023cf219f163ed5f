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
