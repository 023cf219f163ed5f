import type { DeclineCode, VoidCode } from '../../../domain/payment/declines.ts'
import type { GatewayName } from '../../../domain/lifecycle.ts'

// What the page in a frame and the application around it say to each other: docs/embedding.md. The page posts
// `opened`, the application answers with `hello` and a port, and all events go through that port.

/** Says that the page can be connected to. It has no data. */
export const opened = 'billing_setup_opened'
/** Has a port for the events. The page accepts it only from a listed origin. */
export const hello = 'billing_setup_hello'
/** Through the port: the customer wants to close the page. It responds with `closed`, unless a payment is under way. */
export const close = 'close'

/** An end without success. */
export type EndNews =
  { type: 'canceled' | 'failed' } | { type: 'expired'; reason: 'expired' | 'replaced' | 'exhausted' }

/** What the page says through the port, apart from the fields that every event has. No personal data, no secrets. */
export type PageNews =
  | { type: 'ready' | 'completed' | 'closed' }
  | { type: 'resize'; height: number }
  | { type: 'method_selected' | 'submitted'; gateway: GatewayName }
  | { type: 'action_required'; kind: 'challenge' | 'redirect' }
  | { type: 'declined'; code: DeclineCode | VoidCode; attempts_left: number }
  | { type: 'redirect'; url: string }
  | EndNews

/** An event of the page. */
export type PageEvent = PageNews & { v: 1; billing_customer_id: string }
