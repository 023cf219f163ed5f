import { GatewayError } from '../domain/payment/gateway-errors.ts'
import type { PaymentGateway } from './gateway.ts'

/**
 * Returns a gateway that has at most `most` calls in flight. Others are rejected at once as `not_now`: they are
 * repeated later, and do not wait here. So an account that does not answer keeps no more than its share of what all
 * accounts have in common, such as the steps that a worker runs at the same time.
 */
export function limitCallsInFlight(gateway: PaymentGateway, most: number): PaymentGateway {
  let inFlight = 0
  const limited = (call: (...all: unknown[]) => unknown) =>
    async function limitedCall(...all: unknown[]) {
      if (inFlight >= most) throw new GatewayError('not_now', 'too_many_calls_in_flight')
      inFlight++
      try {
        return await call(...all)
      } finally {
        inFlight--
      }
    }
  const entries = Object.entries(gateway).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'function' ? limited(value as (...all: unknown[]) => unknown) : value,
  ])
  return Object.fromEntries(entries) as PaymentGateway
}
