import type { Fault } from '../faults.ts'
import type { Call } from './calls.ts'
import { serverError, StripeAnswer } from './errors.ts'
import { inUse } from './idempotency.ts'

/** Refuses what the vendor refuses before it looks at the call. */
export function refuseFirst(authorization = '', fault: Fault | undefined): void {
  if (!/^Bearer (sk|pk|rk)_test_/.test(authorization) || fault?.fault === 'unauthorized') {
    throw new StripeAnswer(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' })
  }
  if (fault?.fault === 'rate_limit')
    throw new StripeAnswer(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests' })
  if (fault?.fault === 'key_in_use') throw inUse()
  if (fault?.fault === 'error_before') throw serverError()
}

/** Refuses a call that a publishable key may not make. */
export function checkKey(authorization = '', call: Call): void {
  if (authorization.startsWith('Bearer pk_') && !call.publishable) {
    throw new StripeAnswer(403, {
      type: 'invalid_request_error',
      message: 'This API call cannot be made with a publishable API key.',
    })
  }
}
