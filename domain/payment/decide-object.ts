/** What is known of the object that can still pay for an onboarding, as one attempt sees it. */
export interface ObjectSituation {
  /** Undefined where every object so far is dead. */
  object:
    | {
        /** Whether its id at the gateway is known. */
        hasId: boolean
        /** Whether it is created and paid in one call. */
        inOneStep: boolean
        /** Whether that call was made before; its response may have been lost. */
        isSent: boolean
        /** Whether this attempt made that call. */
        isSentByUs: boolean
        /** Whether it is at the gateway of this attempt. */
        sameGateway: boolean
        /** Whether it is the gateway customer's that this attempt charges. */
        sameCustomer: boolean
        /** Whether it takes no other payment method any more. */
        isClosed: boolean
        /** Whether it is another submission, where what is submitted is the object itself. */
        isOtherSubmission: boolean
      }
    | undefined
  /** Whether this attempt is still the open one. Read after the object. */
  attemptIsOpen: boolean
}

export type ObjectDecision =
  /** Write the row of the next object. */
  | 'begin'
  /** Create it at the gateway: its row is there, its id is not. */
  | 'create'
  /** Pay with it. */
  | 'use'
  /** Make it unable to pay: it cannot take this attempt. */
  | 'close'
  /** Find out what became of the call that made it, or give it up: it cannot take this attempt. */
  | 'find'
  /** Nothing: the object is another attempt's. */
  | 'stop'

/**
 * What to do with the object of an onboarding before an attempt can be paid on it. Objects are made one after the
 * other: the next only when the one before can never pay.
 */
export function decideObject({ object, attemptIsOpen }: ObjectSituation): ObjectDecision {
  if (!object) return 'begin'
  if (fits(object)) return object.hasId || object.inOneStep ? 'use' : 'create'
  // What does not fit may be a later attempt's, where others went on while this copy of the step was away.
  if (!attemptIsOpen) return 'stop'
  return object.hasId ? 'close' : 'find'
}

function fits(object: NonNullable<ObjectSituation['object']>): boolean {
  if (!object.sameGateway) return false
  if (!object.hasId) return !object.isSent || object.isSentByUs
  return object.sameCustomer && !object.isClosed && !object.isOtherSubmission
}
