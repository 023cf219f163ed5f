import { GatewayError } from '../domain/payment/gateway-errors.ts'
import type { PaymentGateway } from './gateway.ts'

/** The calls that begin or charge something. */
const beginning = [
  'createCustomer',
  'createObject',
  'payInOneStep',
  'openSession',
  'formSecret',
  'confirm',
] as const satisfies (keyof PaymentGateway)[]

/**
 * Returns a gateway that rejects what begins or charges while its account is disabled, before a call is made; asked at
 * each call, because a step makes several. What ends something still works: verifying events, reading, canceling,
 * refunding and removing. An approval can be exchanged, because it is removed that way.
 */
export function endsOnlyWhile(isDisabled: () => Promise<boolean>, gateway: PaymentGateway): PaymentGateway {
  const guarded = beginning.flatMap((name) => {
    const call = gateway[name] as ((...all: unknown[]) => unknown) | undefined
    if (!call) return []
    const guardedCall = async (...all: unknown[]) => {
      if (await isDisabled()) throw new GatewayError('refused', 'account_disabled')
      return call(...all)
    }
    return [[name, guardedCall]]
  })
  return { ...gateway, ...Object.fromEntries(guarded) }
}
