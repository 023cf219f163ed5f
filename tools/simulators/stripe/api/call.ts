import type { Input } from '../input.ts'
import type { Decline } from '../behavior/outcomes.ts'
import type { StripeState } from '../behavior/state.ts'

/** A call of the vendor's API. */
export interface Call {
  method: 'GET' | 'POST' | 'DELETE'
  /** With `:id` for the object's id. */
  path: string
  /** Parameters that the vendor defines and we use. Any other is rejected as unknown. */
  params: string[]
  /** Whether a publishable key may call it. */
  publishable?: boolean
  /** Whether a publishable key may call it with the client secret of the object. */
  readable?: boolean
  /** Returns ids of other objects. Requested objects are expanded afterwards. */
  run(state: StripeState, input: Input, id: string, forced?: Decline): unknown
  /** Returns the type of the event that the vendor sends after the call. */
  event?: (answer: unknown) => string | undefined
  /** Returns the event's object if it is not the response: the object before the call. */
  emits?: (state: StripeState, id: string) => object
}
