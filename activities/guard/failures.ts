import { ApplicationFailure } from '@temporalio/common'
import { isDatabaseUnavailable } from '../../store/database/database.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { PersonNeededError, type FailureForPerson } from '../../domain/payment/person-needed.ts'

/** The failure types that workflows distinguish. */
export const gatewayUnavailable = 'GatewayAway'
export const databaseUnavailable = 'DatabaseAway'
/** A step failed for an unexpected reason: an operator must act. */
export const stepFailed: FailureForPerson = 'StepFailed'
export const gatewayRefused: FailureForPerson = 'GatewayRefused'
/** Money may have moved, and neither a read nor a retry can tell: an operator must find out. */
export const outcomeUnknown: FailureForPerson = 'OutcomeUnknown'

/**
 * Returns the failure of a step. It is non-retryable if only an operator can fix its cause. It contains no message of a
 * vendor or the database, because histories contain failures, and no stack trace, which would be that of this function.
 */
export function toFailure(error: unknown, nextRetryDelay?: number): ApplicationFailure {
  const failure = failureOf(error, nextRetryDelay)
  failure.stack = ''
  return failure
}

function failureOf(error: unknown, nextRetryDelay?: number): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error
  if (error instanceof PersonNeededError) return ApplicationFailure.nonRetryable(error.message, error.type)
  if (isGatewayError(error, 'undecidable')) return ApplicationFailure.nonRetryable(error.message, outcomeUnknown)
  if (isGatewayError(error, 'refused', 'not_found'))
    return ApplicationFailure.nonRetryable(error.message, gatewayRefused)
  const later = nextRetryDelay === undefined ? {} : { nextRetryDelay }
  if (isGatewayError(error))
    return ApplicationFailure.create({ message: error.message, type: gatewayUnavailable, ...later })
  if (isDatabaseUnavailable(error))
    return ApplicationFailure.create({ message: 'database away', type: databaseUnavailable, ...later })
  const code = (error as { code?: unknown } | null)?.code
  const name = error instanceof Error ? error.name : 'Error'
  return ApplicationFailure.create({
    message: typeof code === 'string' ? `${name} ${code}` : name,
    type: stepFailed,
    ...later,
  })
}
