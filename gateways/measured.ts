import type { GatewayAccount } from '../domain/reference.ts'
import { isGatewayError } from '../domain/payment/gateway-errors.ts'
import { gatewayCallEnded } from '../metrics/gateways.ts'
import { spanned } from '../traces/tracing.ts'
import type { PaymentGateway } from './gateway.ts'

type Call = (...args: unknown[]) => Promise<unknown>

/** It checks a signature, which anyone can send, and seldom calls the gateway. */
const unmeasured: readonly string[] = ['verifyEvent'] satisfies (keyof PaymentGateway)[]

const outcomeOf = (error: unknown) => (isGatewayError(error) ? error.kind : 'error')

/** Returns a gateway whose calls are counted and timed, and have a span each. */
export function measured(gateway: PaymentGateway, { gateway: name, environment }: GatewayAccount): PaymentGateway {
  const attributesOf = (call: string) => ({
    'gateway.name': name,
    'gateway.environment': environment,
    'gateway.call': call,
  })
  const measure =
    (call: string, run: Call): Call =>
    async (...args) => {
      const began = performance.now()
      const ended = (outcome: Parameters<typeof gatewayCallEnded>[0]['outcome']) =>
        gatewayCallEnded({ gateway: name, environment, call, outcome, seconds: (performance.now() - began) / 1_000 })
      const span = { name: `${name} ${call}`, kind: 'client', attributes: attributesOf(call) } as const
      try {
        const result = await spanned(span, outcomeOf, () => run.apply(gateway, args))
        ended('ok')
        return result
      } catch (error) {
        ended(outcomeOf(error))
        throw error
      }
    }
  const entries = Object.entries(gateway).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'function' && !unmeasured.includes(key) ? measure(key, value as Call) : value,
  ])
  return Object.fromEntries(entries) as unknown as PaymentGateway
}
