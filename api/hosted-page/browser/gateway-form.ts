/**
 * Returns the gateway's token for the customer's payment method as part of the submission, or null if the customer
 * canceled.
 */
export type Method = () => Promise<Record<string, string> | null>

/** The customer's input is incomplete or invalid. The form shows which. */
export class CardError extends Error {}

/** The gateway cannot be used by this payer, in this currency, or with this account. */
export class NotEligible extends Error {}

/** How the page gets a payment method from one gateway. */
export interface GatewayForm {
  /** Prepares the form. Throws `NotEligible` if it cannot be used, and another error if it cannot be loaded. */
  prepare(): Promise<Method>
  /** Whether the customer types into the card form of the page. */
  isTyped: boolean
  /** Whether it is prepared before it is selected, so that it is removed if it cannot be used. */
  isPreparedEarly: boolean
  /** Messages for a form that cannot be loaded or used, or that the customer canceled. */
  notLoaded: string
  notEligible?: string
  notApproved?: string
}
