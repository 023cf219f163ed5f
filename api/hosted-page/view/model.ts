import type { DeclineCode, VoidCode } from '../../../domain/payment/declines.ts'
import type { PageTheme } from '../../../domain/hosted-page.ts'
import type { BrandLooks } from '../../../domain/tenant/brand-looks.ts'
import type { EndNews } from '../embed/protocol.ts'
import type { ConsentWay } from '../../../domain/hosted-page.ts'
import type { Agreement } from './consent.ts'
import type { Language } from '../words/languages.ts'
import type { Words } from '../words/words.ts'
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
  language: Language
  brand: Pick<
    BrandLooks,
    | 'logoUrl'
    | 'logoDarkUrl'
    | 'legalName'
    | 'colour'
    | 'corner'
    | 'font'
    | 'statementName'
    | 'termsUrl'
    | 'privacyUrl'
    | 'supportPhone'
  > & {
    name: string
    /** Email addresses, URLs, or other text. */
    support: string[]
  }
  theme: PageTheme
  sandbox: boolean
  /**
   * `form`, `working` and `confirm` are live; the others are read-only. `asked`: the bank waits for a confirmation,
   * which this link does not allow.
   */
  state: 'form' | 'working' | 'confirm' | 'asked' | 'watching' | 'closing' | 'done' | 'active' | 'suspended'
  /** Formatted in the page's language; null if nothing is charged. */
  price: string | null
  amount: number
  currency: string
  /** Digits after the decimal point of an amount. */
  digits: number
  itemName: string | null
  /** Whether the charge is refunded as soon as the account is active. */
  refunded: boolean
  agreement: Agreement
  /** How the customer agrees, the version of the sentences, and a digest of them without the price of today. */
  consent: { version: number; way: ConsentWay; digest: string }
  /** Whether the customer is already active and saves another payment method. */
  replacing: boolean
  steps: { name: StepName; state: StepState }[]
  /** The last payment method, if it was declined or became void. */
  decline: Decline | null
  /** Whether the page was loaded again because the payment method could not be submitted at its account. */
  isRefused: boolean
  billingCustomerId: string
  /** Those that the customer can choose. */
  gateways: PageGateway[]
  gateway: GatewayName
  /** The gateway of a payment that waits for the bank, if it cannot be chosen any more. */
  confirming: PageGateway[]
  /** Where the customer can go instead of completing the setup; null if nowhere. */
  cancelUrl: string | null
  /** Where the customer goes after it, and how; null if nowhere. */
  returnTo: { url: string; byItself: boolean } | null
  /** When the initial charge was paid; null if it was not, or if there is none. */
  paidAt: Date | null
  /** What becomes of the payment if the setup ends without success; null if that is not certain. */
  payment: 'returned' | 'notCharged' | null
  /** What the customer can name to the support. */
  reference: string
  /** The path of the page itself. Its calls are below it. */
  path: string
  /** The return URL for the gateway. */
  returnUrl: string
  embedOrigins: string[]
}

/** What the page needs of a gateway. */
export interface PageGateway {
  name: GatewayName
  title: string
  /** Whether the customer approves at the gateway. Otherwise the page shows the gateway's form. */
  isApprovedThere: boolean
  publishableKey: string
  scriptUrl: string
  /** Units of the gateway per minor unit. */
  factor: number
}

/** Why the last payment method was not accepted. */
export interface Decline {
  code: DeclineCode | VoidCode
  /** How many more may be declined with this link. */
  attempts_left: number
}

export interface NoticeModel {
  /** The purpose of the link's token; null if it is not a valid link. */
  link: 'setup' | 'progress' | null
  language: Language
  brand: PageModel['brand'] | null
  theme: PageTheme
  sandbox: boolean
  notice:
    'expired' | 'replaced' | 'exhausted' | 'unavailable' | 'canceled' | 'failed' | 'not_found' | 'no_token' | 'returned'
  /** Whether it was the link of a replacement. */
  replacing: boolean
  payment: PageModel['payment']
  /** The path at which a new link can be requested. */
  newLinkPath: string | null
  /** Whether one was requested before. */
  newLinkAsked: boolean
  /** Where the customer can go from here; null if nowhere. */
  backUrl: string | null
  billingCustomerId: string | null
  embedOrigins: string[]
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
  decline: Decline | null
  /** Why a submission was not accepted. */
  refusal?: SubmissionRefusal
  /** What the customer must do next, such as confirming with the bank. */
  action?: PageAction
}

/** An action, with the key of the account at which the page carries it out. */
export type PageAction =
  | Exclude<ClientAction, { client_secret: string }>
  | (Extract<ClientAction, { client_secret: string }> & { publishable_key: string })

/** What the page's script reads from the page (`view/page-data.tsx`). */
export interface PageData extends Pick<
  PageModel,
  | 'state'
  | 'theme'
  | 'path'
  | 'price'
  | 'amount'
  | 'currency'
  | 'digits'
  | 'itemName'
  | 'replacing'
  | 'gateways'
  | 'returnUrl'
  | 'billingCustomerId'
  | 'embedOrigins'
  | 'returnTo'
> {
  /** The path of the script of a page in a frame. */
  framedScript: string
  /** The path of the script that translates the page. */
  languageScript: string
  /** In ISO 8601. */
  paidAt: string | null
  brand: string
  /** With whom the customer agrees. */
  company: string
  /** What is sent with a submission. */
  consent: PageModel['consent'] & { language: string }
  /** The sentence of the consent about what is charged now, with `{price}` for the price. */
  now: string
  /** The tag of the page's language, and with a region, for vendors that require one. */
  language: string
  locale: string
  /** The address of the script that shows wallets. */
  walletsScript: string
  words: Words
}

/** What the script reads from a page without a form. */
export interface NoticeData extends Pick<NoticeModel, 'billingCustomerId' | 'embedOrigins'> {
  framedScript: string
  languageScript: string
  brand: string
  words: Words
  /** What the application around the frame is told. */
  ended?: EndNews | undefined
}
