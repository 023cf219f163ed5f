import { randomBytes } from 'node:crypto'
import { textOf } from './issues.ts'

interface Detail {
  issue: string
  field?: string
  location?: string
}
type Operation = 'create' | 'capture' | 'refund' | undefined

/** The vendor's name and message for each status, as its OpenAPI documents require. */
const kinds: Record<number, { name: string; message: string }> = {
  400: {
    name: 'INVALID_REQUEST',
    message: 'Request is not well-formed, syntactically incorrect, or violates schema.',
  },
  401: {
    name: 'AUTHENTICATION_FAILURE',
    message: 'Authentication failed due to missing authorization header, or invalid authentication credentials.',
  },
  403: { name: 'NOT_AUTHORIZED', message: 'Authorization failed due to insufficient permissions.' },
  404: { name: 'RESOURCE_NOT_FOUND', message: 'The specified resource does not exist.' },
  409: { name: 'RESOURCE_CONFLICT', message: 'The server has detected a conflict while processing this request.' },
  422: {
    name: 'UNPROCESSABLE_ENTITY',
    message: 'The requested action could not be performed, semantically incorrect, or failed business validation.',
  },
  429: { name: 'RATE_LIMIT_REACHED', message: 'Too many requests. Blocked due to rate limiting.' },
  500: { name: 'INTERNAL_SERVER_ERROR', message: 'An internal server error occurred.' },
}

/** A response of the vendor other than 2xx. */
export class PayPalAnswer extends Error {
  readonly status: number
  readonly details: Detail[]
  /** Whether execution had started. If so, the response is stored under the request id. */
  readonly begun: boolean
  private readonly links: object[]
  private readonly named: { name: string; message: string } | undefined

  /** `named`: the name and message, if they are not those of the status. */
  constructor(
    status: number,
    details: Detail[] = [],
    { begun = false, links = [], named }: { begun?: boolean; links?: object[]; named?: PayPalAnswer['named'] } = {},
  ) {
    super(details[0]?.issue ?? kinds[status]!.name)
    this.status = status
    this.details = details
    this.begun = begun
    this.links = links
    this.named = named
  }

  /** Returns the response body. The text of an issue depends on the operation. */
  body(operation: Operation): object {
    const { name, message } = this.named ?? kinds[this.status]!
    const href = `https://developer.paypal.com/api/rest/reference/orders/v2/errors/#${this.message}`
    return {
      name,
      message,
      debug_id: newDebugId(),
      ...(this.details.length > 0
        ? { details: this.details.map((detail) => ({ ...detail, description: textOf(detail.issue, operation) })) }
        : {}),
      links: [{ href, rel: 'information_link', method: 'GET' }, ...this.links],
    }
  }
}

export const newDebugId = () => randomBytes(7).toString('hex').slice(0, 13)

/** Returns a 422 response for a valid request that the vendor rejects. */
export const refused = (issue: string, detail: Omit<Detail, 'issue'> = {}) =>
  new PayPalAnswer(422, [{ issue, ...detail }])

/** Returns the response for a declined payment, which is stored under the request id. */
export const declined = (issue: string, links: object[] = []) =>
  new PayPalAnswer(['CONSENT_NEEDED', 'PERMISSION_DENIED'].includes(issue) ? 403 : 422, [{ issue }], {
    begun: true,
    links,
  })

export const missing = () => new PayPalAnswer(404, [{ issue: 'INVALID_RESOURCE_ID' }])
