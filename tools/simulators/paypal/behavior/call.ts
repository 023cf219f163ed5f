import type { Api } from './idempotency.ts'
import type { PayPalState } from './state.ts'

/** What a request asks for. */
export interface Ask {
  /** The id in the path; empty where there is none. */
  id: string
  body: string
  query: Record<string, string>
  /** `PayPal-Request-Id`. */
  key: string | undefined
  /** The issue with which it is to be refused, by a fault or by `PayPal-Mock-Response`. */
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
  api: Api | 'disputes' | 'reporting' | 'notifications'
  read(state: PayPalState, ask: Ask): object
}

/** A call that does something to an object, once for each request id; asked again it shows what became of the object. */
export interface DoingCall extends CallBase {
  method: 'POST' | 'DELETE'
  api: Api
  run(state: PayPalState, ask: Ask): { id: string; events: Event[] }
  /** Nothing is shown of what is gone. */
  view?: (state: PayPalState, id: string) => object
  /** Whether `Prefer: return=minimal`, the default, leaves id, status and links only. */
  hasMinimal?: boolean
}

export type Call = ReadingCall | DoingCall

export const link = (href: string, rel: string, method = 'GET') => ({ href, rel, method })
export const time = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000', '')
