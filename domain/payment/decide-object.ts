/** What is known about the object that can still pay for an onboarding, relative to one attempt. */
export interface ObjectSituation {
  /** Undefined if every object so far is dead. */
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
        /** Whether it is at the attempt's gateway account. */
        sameAccount: boolean
        /** Whether it belongs to the gateway customer that this attempt charges. */
        sameCustomer: boolean
        /** Whether it accepts no other payment method. */
        isClosed: boolean
        /** Whether it is another submission, if a submission itself is the object. */
        isOtherSubmission: boolean
      }
    | undefined
  /** Whether this attempt is still open. Read after the object. */
  attemptIsOpen: boolean
}

export type ObjectDecision =
  /** Insert the row of the next object. */
  | 'begin'
  /** Create it at the gateway: it has a row, but no id yet. */
  | 'create'
  /** Pay with it. */
  | 'use'
  /** Make it unable to pay, because this attempt cannot use it. */
  | 'close'
  /** Find the result of the call that created it, or abandon it, because this attempt cannot use it. */
  | 'find'
  /** Do nothing: the object belongs to another attempt. */
  | 'stop'

/**
 * Returns what to do with the onboarding's object before the attempt is paid on it. Pure. The next object is created
 * only when the previous one can never be paid.
 */
export function decideObject({ object, attemptIsOpen }: ObjectSituation): ObjectDecision {
  if (!object) return 'begin'
  if (fits(object)) return object.hasId || object.inOneStep ? 'use' : 'create'
  // It may belong to a later attempt, if other copies of the step continued while this one was delayed.
  if (!attemptIsOpen) return 'stop'
  return object.hasId ? 'close' : 'find'
}

function fits(object: NonNullable<ObjectSituation['object']>): boolean {
  if (!object.sameAccount) return false
  if (!object.hasId) return !object.isSent || object.isSentByUs
  return object.sameCustomer && !object.isClosed && !object.isOtherSubmission
}
