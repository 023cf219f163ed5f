/** A response of the vendor other than 200. */
export class StripeAnswer extends Error {
  readonly status: number
  readonly body: { error: Record<string, unknown> }
  /** Whether execution had started. If so, the response is stored under the key. */
  readonly begun: boolean

  constructor(status: number, error: Record<string, unknown>, begun = false) {
    super(String(error.message))
    this.status = status
    this.body = { error }
    this.begun = begun
  }
}

export const invalidRequest = (message: string, details: Record<string, unknown> = {}, begun = false) =>
  new StripeAnswer(400, { type: 'invalid_request_error', message, ...details }, begun)

export const missing = (what: string, id: string, param: string) =>
  new StripeAnswer(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}: '${id}'`,
    param,
  })

export const accountInvalid = (key: string, id: string) =>
  new StripeAnswer(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message:
      `The provided key '${key}' does not have access to account '${id}' (or that account does not exist). ` +
      'Application access may have been revoked.',
  })

/** The vendor returns 404 for a missing object in the path, and 400 for one in a parameter. */
export function missingInBody(answer: StripeAnswer, pathId: string): StripeAnswer {
  const { code, message } = answer.body.error
  if (code !== 'resource_missing' || (pathId && String(message).includes(`'${pathId}'`))) return answer
  return new StripeAnswer(400, answer.body.error, answer.begun)
}

export const serverError = () =>
  new StripeAnswer(500, { type: 'api_error', message: 'An error occurred on our side.' }, true)
