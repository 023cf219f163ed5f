import { gatewayNames } from '../lifecycle.ts'

/** The data of a customer apart from its ids; each door writes part of it. Null means unknown. */
export interface CustomerProfile {
  externalId: string | null
  name: string | null
  email: string | null
  /** E.164. */
  phone: string | null
  /** ISO 4217; the currency of the customer's initial charge. */
  currency: string | null
  /** Minor units; positive if the customer owes it, by the caller's records. Requires a currency. */
  balance: number | null
  addressLine1: string | null
  addressLine2: string | null
  addressCity: string | null
  addressState: string | null
  addressPostalCode: string | null
  /** ISO 3166-1 alpha-2. */
  addressCountry: string | null
  metadata: Record<string, unknown>
  /** The caller's rules for payments against the balance. They are stored, not enforced. */
  paymentRules: PaymentRules | null
}

export interface PaymentRules {
  /** Minor units. */
  minAmount: number | null
  maxAmount: number | null
  underpaymentAllowed: boolean
  overpaymentAllowed: boolean
}

export const mappingProviders = [...gatewayNames, 'razorpay'] as const
/** The customer's id in another system. */
export interface IntegrationMapping {
  provider: (typeof mappingProviders)[number]
  id: string
}

/** Returns whether a text is an ITU-T E.164 number: a plus sign and up to 15 digits. */
export const isPhone = (text: string): boolean => /^\+[1-9]\d{1,14}$/.test(text)
