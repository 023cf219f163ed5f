import type { PageAction } from '../../view/model.ts'
import type { Answer } from '../calls.ts'

/** What the customer confirms with the bank in the vendor's script. */
export type SecretAction = Extract<PageAction, { client_secret: string }>

/** Returns the gateway's token for the customer's payment method, in its field, or null if the customer canceled. */
export type Method = () => Promise<Record<string, string> | null>

/**
 * Submits a payment method like the form's button, and says `asking` until the gateway has returned it. Returns false
 * if nothing can be submitted now; the page then says what is missing.
 */
export type Begin = (method: Method, asking: string) => boolean

/** The customer's input is incomplete or invalid. The form shows which. */
export class CardError extends Error {}

/** The gateway cannot be used by this payer, in this currency, or with this account. */
export class NotEligible extends Error {}

/** The service does not begin what the customer would approve, for example because the price has changed. */
export class Refused extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super()
    this.answer = answer
  }
}

/** How the page gets a payment method from one gateway. */
export interface GatewayForm {
  /**
   * Prepares the form, and what submits beside its button with `begin`. Throws `NotEligible` if it cannot be used, and
   * another error if it cannot be loaded.
   */
  prepare(begin: Begin): Promise<Method>
  /** Forgets what is being loaded, so that the next `prepare` begins again. */
  forget(): void
  /** Shows the amount and the language of the page, if the form can change them. */
  refresh?(): void
  /** Whether it is prepared before it is selected, so that it is removed if it cannot be used. */
  isPreparedEarly: boolean
}
