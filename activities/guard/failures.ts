import { ApplicationFailure } from '@temporalio/common'
import { isDatabaseUnavailable } from '../../store/database/database.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { PersonNeededError, type FailureForPerson } from '../../domain/payment/person-needed.ts'

/** The failure types that the workflows tell apart. */
export const gatewayAway = 'GatewayAway'
export const databaseAway = 'DatabaseAway'
/** A step failed for a reason that nobody foresaw: a person must look. */
export const stepFailed: FailureForPerson = 'StepFailed'
export const gatewayRefused: FailureForPerson = 'GatewayRefused'
/** Money may have moved, and neither reading nor asking again tells: a person must find out. */
export const outcomeUnknown: FailureForPerson = 'OutcomeUnknown'

/**
 * Says of an error whether trying again can help. What a person must mend is not retried at once; the rest is. No
 * message of a vendor or of the database passes: failures are kept in histories.
 */
export function toFailure(error: unknown, nextRetryDelay?: number): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error
  if (error instanceof PersonNeededError) return ApplicationFailure.nonRetryable(error.message, error.type)
  if (isGatewayError(error, 'undecidable')) return ApplicationFailure.nonRetryable(error.message, outcomeUnknown)
  if (isGatewayError(error, 'refused', 'not_found'))
    return ApplicationFailure.nonRetryable(error.message, gatewayRefused)
  const later = nextRetryDelay === undefined ? {} : { nextRetryDelay }
  if (isGatewayError(error)) return ApplicationFailure.create({ message: error.message, type: gatewayAway, ...later })
  if (isDatabaseUnavailable(error))
    return ApplicationFailure.create({ message: 'database away', type: databaseAway, ...later })
  const code = (error as { code?: unknown } | null)?.code
  const name = error instanceof Error ? error.name : 'Error'
  return ApplicationFailure.create({
    message: typeof code === 'string' ? `${name} ${code}` : name,
    type: stepFailed,
    ...later,
  })
}
