import { GatewayError } from '../domain/payment/gateway-errors.ts'
import type { PaymentGateway } from './gateway.ts'

const refuse = (): Promise<never> => Promise.reject(new GatewayError('refused', 'account_disabled'))

/**
 * Returns the gateway of a disabled account: it rejects what begins or charges, before a call is made. What ends
 * something still works: verifying events, reading, canceling, refunding and removing. An approval can be exchanged,
 * because it is removed that way.
 */
export function onlyWhatEnds(gateway: PaymentGateway): PaymentGateway {
  const beginning = {
    createCustomer: refuse,
    createObject: refuse,
    payInOneStep: refuse,
    openSession: refuse,
    formSecret: refuse,
    confirm: refuse,
  }
  const there = Object.entries(beginning).filter(([name]) => gateway[name as keyof typeof beginning] !== undefined)
  return { ...gateway, ...Object.fromEntries(there) }
}
