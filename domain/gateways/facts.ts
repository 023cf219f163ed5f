import type { Environment } from '../lifecycle.ts'

// What the core knows of a gateway without calling it: pure values, one file per vendor. The port
// (`gateways/gateway.ts`) is what it can call.

/** What a gateway accepts as an amount of one currency. */
export interface GatewayRules {
  /** Digits after the decimal point in the gateway's unit. */
  digits: number
  /**
   * Minimum, maximum and increment of an amount, in ISO 4217 minor units. `largest` is absent if the gateway publishes
   * none.
   */
  least: number
  largest?: number
  step: number
  /** Whether the gateway publishes `least`. */
  leastIsPublished: boolean
  /** Set if only accounts of this country support the currency. */
  onlyIn?: string
}

/** Returns the increment of an amount in minor units, if the gateway's unit has `own` digits. */
export const stepOf = (digits: number, own: number) => 10 ** Math.max(0, digits - own)

/** A setting that an organization has for one gateway, with its documentation (`domain/tenant/setting-guide.ts`). */
export interface OwnSetting<Value> {
  name: string
  rule: string
  accepts(value: unknown): boolean
  builtIn: Value
  schema: { type: 'boolean' | 'string' | readonly ['string', 'null']; enum?: readonly string[] }
  unit: string
  meaning: string
}

/** The settings of a gateway, by their names in code. */
export type OwnSettings<Values> = { [Key in keyof Values]: OwnSetting<Values[Key]> }

/** What an organization's settings say about payments at one gateway. */
export interface GatewayPolicy {
  /** Whether an object is created and paid in one call, if the gateway has such a call. */
  paysInOneStep: boolean
  /** ISO 3166-1 alpha-2 of the account, for currencies that only accounts of one country support. */
  accountCountry: string | null
  /** Whether the name, email and address are sent when the customer is created there. */
  sendsCustomerDetails: boolean
  /** Whether the gateway emails the customer a receipt for the initial charge. */
  sendsReceipts: boolean
  /** Text after the account's prefix on the statement for the initial charge. */
  statementDescriptorSuffix: string | null
}

/** A field of a request that holds an id of the gateway. */
export interface IdField {
  field: string
  form: RegExp
  /** What it must be, for error messages. */
  what: string
}

/** A field of a request that connects an account. Its form depends on the environment. */
export interface KeyField {
  field: string
  form(environment: Environment): RegExp
  /** What it must be, for error messages. */
  what(environment: Environment): string
  example: string
}

/** The fields with which an account is connected. */
export interface AccountFields {
  /** What calls are authenticated with. */
  secretKey: KeyField
  /** What the hosted page uses. */
  publishableKey: KeyField
  /** What verifies events. `isSecret`: a secret, which can be rolled; otherwise the id of the webhook endpoint. */
  webhook: KeyField & { isSecret: boolean }
}

/** `Values`: the settings that it reads. `Code`: the codes with which its attempts can be voided. */
export interface GatewayFacts<Values, Code = string> {
  /** Its display name. */
  title: string
  /** What the hosted page calls paying with it. */
  choice: string
  /**
   * Whether the customer approves at the gateway. Then the approved session is submitted; otherwise a token for the
   * input of a form.
   */
  isApprovedThere: boolean
  /** Whether authentication by the bank can be requested. */
  asksBank: boolean
  /** Whether its form shows wallets, on domains that are registered at the gateway. */
  hasWallets: boolean
  /** The type of the action for which the page uses a client secret, if the customer confirms with the bank. */
  secretAction?: string
  /** The setting with the country of the account, for currencies that only accounts of one country support. */
  countrySetting?: string
  /** The page's submission, and a saved method with its customer if the gateway has customers. */
  submission: IdField & { example: string }
  savedMethod: IdField & { example: string; customer?: IdField }
  /** What the id of a charge's payment object is, for descriptions. */
  paymentObject: string
  /** Returns the page of a payment object in the gateway's dashboard; undefined if it has none. */
  dashboardOf(environment: Environment, kind: 'payment' | 'setup', objectId: string): string | undefined
  /** Why test helpers cannot act as a customer there, and the alternative. Absent if they can. */
  noTestMethods?: string
  /** Messages to customers for declines that only this gateway has, by code. */
  declineMessages: Record<string, string>
  /** The code of a submission that failed without a decline. */
  lapsedCode: Code
  /** Returns the rules of an ISO 4217 currency with this many digits; undefined if it is not supported. */
  rulesOf(code: string, digits: number): GatewayRules | undefined
  /** The page that publishes the rules of currencies. */
  currencySource: string
  settings: Record<string, OwnSetting<unknown>>
  accountFields: AccountFields
  /** The gateway's id of an account, if accounts can be connected to the installation's as a platform. */
  connectedAccount?: IdField
  policyOf(settings: Values): GatewayPolicy
}
