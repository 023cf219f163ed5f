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

export const mappingProviders = ['stripe', 'paypal', 'razorpay'] as const
/** The customer's id in another system. */
export interface IntegrationMapping {
  provider: (typeof mappingProviders)[number]
  id: string
}

// The officially assigned ISO 3166-1 alpha-2 codes, and XK, a user-assigned code for Kosovo (Stripe uses it too).
const countries = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
    'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO ' +
    'FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE ' +
    'JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO ' +
    'MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW ' +
    'PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM ' +
    'TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'
  ).split(' '),
)

/** Returns whether a text is an ISO 3166-1 alpha-2 code. */
export const isCountry = (code: string): boolean => countries.has(code)
/** Returns whether a text is an ITU-T E.164 number: a plus sign and up to 15 digits. */
export const isPhone = (text: string): boolean => /^\+[1-9]\d{1,14}$/.test(text)
