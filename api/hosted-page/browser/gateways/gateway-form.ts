import type { Answer } from '../calls.ts'

/**
 * Returns the gateway's token for the customer's payment method as part of the submission, or null if the customer
 * canceled.
 */
export type Method = () => Promise<Record<string, string> | null>

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
  /** Prepares the form. Throws `NotEligible` if it cannot be used, and another error if it cannot be loaded. */
  prepare(): Promise<Method>
  /** Forgets what is being loaded, so that the next `prepare` begins again. */
  forget(): void
  /** Shows another amount of the page, if the form shows it. */
  showAmount?(): void
  /** Whether it is prepared before it is selected, so that it is removed if it cannot be used. */
  isPreparedEarly: boolean
}
