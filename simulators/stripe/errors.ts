/** An answer of the vendor that is not 200. */
export class StripeAnswer extends Error {
  readonly status: number
  readonly body: { error: Record<string, unknown> }
  /** Whether the call had begun to be carried out: then its answer is kept under the key. */
  readonly begun: boolean

  constructor(status: number, error: Record<string, unknown>, begun = false) {
    super(String(error.message))
    this.status = status
    this.body = { error }
    this.begun = begun
  }
}

export const invalidRequest = (message: string, details: { code?: string; param?: string } = {}, begun = false) =>
  new StripeAnswer(400, { type: 'invalid_request_error', message, ...details }, begun)

export const missing = (what: string, id: string, param: string) =>
  new StripeAnswer(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}: '${id}'`,
    param,
  })

export const serverError = () =>
  new StripeAnswer(500, { type: 'api_error', message: 'An error occurred on our side.' }, true)
