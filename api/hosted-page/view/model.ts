import type { ClientAction } from '../../../domain/gateways/list.ts'
import type {
  BlockedOn,
  GatewayName,
  Result,
  StepName,
  StepState,
  SubmissionRefusal,
} from '../../../domain/lifecycle.ts'

/** What the hosted page shows. It has no data of the customer: no name, card or balance is visible to others. */
export interface PageModel {
  /** The purpose of the link's token. */
  link: 'setup' | 'progress'
  brand: { name: string; logoUrl: string | null; colour: string | null; support: string | null }
  sandbox: boolean
  /**
   * `form`, `working` and `confirm` are live; the others are read-only. `asked`: the bank waits for a confirmation,
   * which this link does not allow.
   */
  state: 'form' | 'working' | 'confirm' | 'asked' | 'watching' | 'closing' | 'done' | 'active' | 'suspended'
  /** Formatted for the reader; null if nothing is charged. */
  price: string | null
  amount: number
  currency: string
  itemName: string | null
  /** Whether the charge is refunded as soon as the account is active. */
  refunded: boolean
  /** Whether the customer is already active and saves another payment method. */
  replacing: boolean
  steps: { name: StepName; state: StepState }[]
  message: string | null
  billingCustomerId: string
  gateways: { name: GatewayName; publishableKey: string; scriptUrl: string; units: number }[]
  gateway: GatewayName
  /** The path of the page itself. Its calls are below it. */
  path: string
  /** The return URL for the gateway. */
  returnUrl: string
  embedOrigins: string[]
}

export interface NoticeModel {
  /** The purpose of the link's token; null if it is not a valid link. */
  link: 'setup' | 'progress' | null
  brand: PageModel['brand'] | null
  notice:
    'expired' | 'replaced' | 'exhausted' | 'unavailable' | 'canceled' | 'failed' | 'not_found' | 'no_token' | 'returned'
  /** Whether it was the link of a replacement. */
  replacing: boolean
  /** The path at which a new link can be requested. */
  newLinkPath: string | null
}

/** The response of `GET …/progress`. */
export interface PageProgress {
  status: 'pending' | Result
  steps: { name: StepName; state: StepState; attempts: number; message: string | null; next_retry_at: string | null }[]
  blocked_on: BlockedOn | null
  gateway: GatewayName
  gateways: GatewayName[]
  amount: number
  currency: string
  /** Whether a payment method is being tried. The form waits until then. */
  paying: boolean
  /** Why a submission was not accepted. */
  refusal?: SubmissionRefusal
  /** What the customer must do next, such as confirming with the bank. */
  action?: ClientAction
}
