import type {
  BlockedOn,
  GatewayName,
  Result,
  StepName,
  StepState,
  SubmissionRefusal,
} from '../../../domain/lifecycle.ts'

/** What the hosted page shows. Nothing of the customer is in it: whoever has the link sees no name, card or balance. */
export interface PageModel {
  /** What the token of the link was made for. */
  link: 'setup' | 'progress'
  brand: { name: string; logoUrl: string | null; colour: string | null; support: string | null }
  sandbox: boolean
  /**
   * `form`, `working` and `confirm` are live; the others are read-only. `asked`: the bank waits, and this link cannot
   * answer.
   */
  state: 'form' | 'working' | 'confirm' | 'asked' | 'watching' | 'closing' | 'done' | 'active' | 'suspended'
  /** As formatted for the reader; null where nothing is charged. */
  price: string | null
  amount: number
  currency: string
  itemName: string | null
  /** Whether what is charged goes back as soon as the account is active. */
  refunded: boolean
  /** Whether the customer is set up already and saves another payment method. */
  replacing: boolean
  steps: { name: StepName; state: StepState }[]
  message: string | null
  billingCustomerId: string
  gateways: { name: GatewayName; publishableKey: string; scriptUrl: string; units: number }[]
  gateway: GatewayName
  /** The path of the page itself, under which its calls live. */
  path: string
  /** What is handed to the gateway as return address. */
  returnUrl: string
  embedOrigins: string[]
}

export interface NoticeModel {
  /** What the token of the link was made for; null where it was none. */
  link: 'setup' | 'progress' | null
  brand: PageModel['brand'] | null
  notice:
    'expired' | 'replaced' | 'exhausted' | 'unavailable' | 'canceled' | 'failed' | 'not_found' | 'no_token' | 'returned'
  /** Whether it was the link of a replacement. */
  replacing: boolean
  /** Where a new link can be asked for. */
  newLinkPath: string | null
}

/** What `GET …/progress` answers. */
export interface PageProgress {
  status: 'pending' | Result
  steps: { name: StepName; state: StepState; attempts: number; message: string | null; next_retry_at: string | null }[]
  blocked_on: BlockedOn | null
  gateway: GatewayName
  gateways: GatewayName[]
  amount: number
  currency: string
  /** Whether a payment method is being tried just now; the form waits meanwhile. */
  paying: boolean
  /** Why a submission was not accepted. */
  refusal?: SubmissionRefusal
  /** What the customer must do now, such as confirming with the bank. */
  action?: { type: 'stripe_next_action'; client_secret: string } | { type: 'redirect'; url: string }
}
