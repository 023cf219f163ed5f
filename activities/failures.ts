import { ApplicationFailure } from '@temporalio/common'
import { isGatewayError } from '../domain/gateway-errors.ts'

/** The failure types that the workflows tell apart. */
export const gatewayAway = 'GatewayAway'
export const gatewayRefused = 'GatewayRefused'

/**
 * Says of an error whether trying again can help. What a person must mend is not retried at once; the rest is. No
 * message of a vendor or of the database passes: failures are kept in histories.
 */
export function toFailure(error: unknown, nextRetryDelay?: number): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error
  if (isGatewayError(error, 'refused', 'not_found'))
    return ApplicationFailure.nonRetryable(error.message, gatewayRefused)
  const later = nextRetryDelay === undefined ? {} : { nextRetryDelay }
  if (isGatewayError(error)) return ApplicationFailure.create({ message: error.message, type: gatewayAway, ...later })
  const code = (error as { code?: unknown } | null)?.code
  const name = error instanceof Error ? error.name : 'Error'
  return ApplicationFailure.create({
    message: typeof code === 'string' ? `${name} ${code}` : name,
    type: 'StepFailed',
    ...later,
  })
}
