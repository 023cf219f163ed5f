import { GatewayError } from '../domain/payment/gateway-errors.ts'
import type { PaymentGateway } from './gateway.ts'

/**
 * Returns a gateway that has at most `most` calls in flight. Others are rejected at once as `not_now`: they are
 * repeated later, and do not wait here. So an account that does not answer keeps no more than its share of what all
 * accounts have in common, such as the steps that a worker runs at the same time. The error has the milliseconds for
 * which the oldest call in flight has waited.
 */
export function limitCallsInFlight(gateway: PaymentGateway, most: number): PaymentGateway {
  // The first is the oldest.
  const inFlight = new Set<{ began: number }>()
  const limited = (call: (...all: unknown[]) => unknown) =>
    async function limitedCall(...all: unknown[]) {
      const entry = { began: performance.now() }
      const [oldest = entry] = inFlight
      if (inFlight.size >= most)
        throw new GatewayError('not_now', 'too_many_calls_in_flight', { accountBusyFor: entry.began - oldest.began })
      inFlight.add(entry)
      try {
        return await call(...all)
      } finally {
        inFlight.delete(entry)
      }
    }
  const entries = Object.entries(gateway).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'function' ? limited(value as (...all: unknown[]) => unknown) : value,
  ])
  return Object.fromEntries(entries) as PaymentGateway
}
