import type { Problem } from './api-types.ts'

/** The code of an error. The service's `/docs/errors` explains each. */
export type ErrorCode = Problem['code']

/** What every error of this package is, except a failed verification of a webhook. */
export class BillingError extends Error {
  override name = 'BillingError'
}

/** The service returned an error. */
export class ApiError extends BillingError {
  override name = 'ApiError'
  readonly status: number
  /** Undefined if an intermediary, such as a proxy, returned the error. */
  readonly code: ErrorCode | undefined
  /** The first invalid field. */
  readonly param: string | undefined
  /** Every invalid field. */
  readonly errors: { param: string; message: string }[]
  readonly requestId: string | undefined
  /** The page that explains the code. */
  readonly docUrl: string | undefined
  /** Seconds after which the same call might succeed. */
  readonly retryAfter: number | undefined
  /** The whole body, if the service returned the error. */
  readonly problem: Problem | undefined

  constructor(status: number, problem: Problem | undefined, retryAfter: number | undefined) {
    super(problem ? `${problem.code}: ${problem.detail}` : `Response with status ${status} that is not of the service`)
    this.status = status
    this.code = problem?.code
    this.param = problem?.param
    this.errors = problem?.errors ?? []
    this.requestId = problem?.request_id
    this.docUrl = problem?.doc_url
    this.retryAfter = retryAfter
    this.problem = problem
  }
}

/** No attempt had a response. The call might have taken effect. `cause` is the error of the last attempt. */
export class ConnectionError extends BillingError {
  override name = 'ConnectionError'
}

/** The onboarding ended, and the billing customer is not active. */
export class NotActiveError<Customer extends { id: string }> extends BillingError {
  override name = 'NotActiveError'
  readonly billingCustomer: Customer

  constructor(billingCustomer: Customer, state: string) {
    super(`${billingCustomer.id} is not active: ${state}`)
    this.billingCustomer = billingCustomer
  }
}

/** Returns the error of a response that is not successful. `body` is its text. */
export function errorOf(response: Response, body: string): ApiError {
  return new ApiError(response.status, problemOf(body), secondsUntilRetry(response))
}

function problemOf(body: string): Problem | undefined {
  try {
    const parsed = JSON.parse(body) as Problem | null
    return typeof parsed?.code === 'string' ? parsed : undefined
  } catch {
    return undefined
  }
}

/** Returns the seconds of a `Retry-After` header: a number or a date (RFC 9110, section 10.2.3). */
export function secondsUntilRetry({ headers }: Response): number | undefined {
  const value = headers.get('Retry-After')?.trim()
  if (!value) return undefined
  if (/^\d+$/.test(value)) return Number(value)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1_000))
}
