import type { Fault } from '../../faults.ts'
import { invalidKey, type ApiKey } from '../accounts/api-keys.ts'
import { inUse } from '../accounts/idempotency.ts'
import { lockTimeout, tooMany } from '../accounts/load.ts'
import { checkPermission } from '../accounts/permissions.ts'
import type { Input } from '../input.ts'
import type { Call } from './call.ts'
import { serverError, StripeAnswer } from '../errors.ts'

/** Rejects what the vendor rejects before it processes the call. Returns the key of the call. */
export function refuseFirst(
  { key, refusal }: { key?: ApiKey | undefined; refusal?: StripeAnswer | undefined },
  fault: Fault | undefined,
): ApiKey {
  if (refusal || !key) throw refusal ?? invalidKey('')
  if (fault?.fault === 'unauthorized') throw invalidKey(key.text)
  if (fault?.fault === 'rate_limit') throw tooMany()
  if (fault?.fault === 'lock_timeout') throw lockTimeout()
  if (fault?.fault === 'key_in_use') throw inUse()
  if (fault?.fault === 'error_before') throw serverError()
  return key
}

/** Rejects a call that a publishable key may not make, or for which a restricted key has no permission. */
export function checkKey(key: ApiKey, call: Call, account: string, input: Input): void {
  checkPermission(key, call, account)
  if (key.kind === 'pk' && !call.publishable && !(call.readable && typeof input.client_secret === 'string')) {
    throw new StripeAnswer(403, {
      type: 'invalid_request_error',
      message: 'This API call cannot be made with a publishable API key.',
    })
  }
}
