import type { Api } from './idempotency.ts'
import type { PayPalState } from './state.ts'

/** The parameters of a request. */
export interface Ask {
  /** The id in the path, or an empty string. */
  id: string
  body: string
  query: Record<string, string>
  /** `PayPal-Request-Id`. */
  key: string | undefined
  /** The issue with which the request must fail, from a fault or `PayPal-Mock-Response`. */
  forced: string | undefined
}

export interface Event {
  type: string
  resource: object
}

interface CallBase {
  /** With `:id` for the object's id. */
  path: string
  operation?: 'create' | 'capture' | 'refund'
}

/** A call that changes nothing. */
export interface ReadingCall extends CallBase {
  method: 'GET' | 'POST'
  api: Api | 'disputes' | 'reporting' | 'notifications' | 'identity'
  read(state: PayPalState, ask: Ask): object
}

/** A call that changes an object once per request id. Repeated, it returns the object's current state. */
export interface DoingCall extends CallBase {
  method: 'POST' | 'PATCH' | 'DELETE'
  /** The calls of `notifications` have no request ids. */
  api: Api | 'notifications'
  run(state: PayPalState, ask: Ask): { id: string; events: Event[] }
  /** Returns the response. Absent for a deletion. */
  view?: (state: PayPalState, id: string) => object
  /** Whether `Prefer: return=minimal`, the default, leaves id, status and links only. */
  hasMinimal?: boolean
}

export type Call = ReadingCall | DoingCall

export const link = (href: string, rel: string, method = 'GET') => ({ href, rel, method })
export const time = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000', '')
