import type { GatewayName } from '../lifecycle.ts'

// Currencies that the gateways support, with their amounts. docs/currencies.md is generated from this file.

/**
 * The source of each fact. A value that no page publishes is marked as ours; docs/going-live.md says how to verify it.
 */
export const currencySources = {
  /** Presentment currencies, zero-decimal and three-decimal currencies, special cases, minimum and maximum amounts. */
  stripe: 'https://docs.stripe.com/currencies',
  /** Supported currencies, currencies without decimals, and currencies for accounts of one country. */
  paypal: 'https://developer.paypal.com/reference/currency-codes/',
}

/** Minor units: the default initial charge (about 15 USD), and the minimum amount of Stripe. */
type Amounts = readonly [initial: number, least: number]

/** Minimum amounts published by Stripe. */
const published: Record<string, Amounts> = {
  USD: [1500, 50],
  EUR: [1500, 50],
  GBP: [1500, 30],
  AED: [5500, 200],
  AUD: [1500, 50],
  BRL: [7500, 50],
  CAD: [1500, 50],
  CHF: [1500, 50],
  CZK: [35_000, 1500],
  DKK: [10_000, 250],
  HKD: [12_000, 400],
  HUF: [550_000, 17_500],
  INR: [130_000, 50],
  JPY: [2200, 50],
  MXN: [28_000, 1000],
  MYR: [6500, 200],
  NOK: [15_000, 300],
  NZD: [1500, 50],
  PLN: [6000, 200],
  RON: [7000, 200],
  SEK: [15_000, 300],
  SGD: [1500, 50],
  THB: [50_000, 1000],
}

/**
 * Stripe publishes no minimum for these: the settled amount must reach the minimum of the settlement currency. These
 * are our own values, about 0.50 USD at rates of late 2026, so that an amount such as 50 VND never reaches Stripe.
 */
const converted: Record<string, Amounts> = {
  AFN: [110_000, 3000],
  ALL: [130_000, 4000],
  AMD: [580_000, 20_000],
  ANG: [2700, 90],
  AOA: [1_400_000, 50_000],
  ARS: [2_100_000, 70_000],
  AWG: [2700, 90],
  AZN: [2600, 80],
  BAM: [2600, 80],
  BBD: [3000, 100],
  BDT: [190_000, 6000],
  BHD: [5600, 200],
  BIF: [45_000, 1000],
  BMD: [1500, 50],
  BND: [2000, 60],
  BOB: [11_000, 300],
  BSD: [1500, 50],
  BWP: [21_000, 700],
  BYN: [4500, 200],
  BZD: [3000, 100],
  CDF: [3_800_000, 100_000],
  CLP: [14_000, 500],
  CNY: [11_000, 400],
  COP: [5_900_000, 200_000],
  CRC: [760_000, 30_000],
  CVE: [150_000, 5000],
  DJF: [2700, 90],
  DOP: [95_000, 3000],
  DZD: [200_000, 6000],
  EGP: [72_000, 2000],
  ETB: [230_000, 8000],
  FJD: [3500, 100],
  FKP: [1200, 40],
  GEL: [4100, 100],
  GIP: [1200, 40],
  GMD: [110_000, 4000],
  GNF: [140_000, 4000],
  GTQ: [12_000, 400],
  GYD: [320_000, 10_000],
  HNL: [39_000, 1000],
  HTG: [200_000, 7000],
  IDR: [25_000_000, 800_000],
  ILS: [5000, 200],
  ISK: [2000, 60],
  JMD: [240_000, 8000],
  JOD: [10_600, 400],
  KES: [200_000, 6000],
  KGS: [140_000, 4000],
  KHR: [6_100_000, 200_000],
  KMF: [6400, 200],
  KRW: [20_000, 700],
  KWD: [4600, 200],
  KYD: [1300, 40],
  KZT: [800_000, 30_000],
  LAK: [33_000_000, 1_000_000],
  LBP: [90_000_000, 4_000_000],
  LKR: [460_000, 20_000],
  LRD: [270_000, 9000],
  LSL: [26_000, 900],
  MAD: [14_000, 500],
  MDL: [26_000, 800],
  MGA: [6_800_000, 200_000],
  MKD: [80_000, 3000],
  MMK: [3_200_000, 100_000],
  MNT: [5_400_000, 200_000],
  MOP: [12_000, 400],
  MUR: [69_000, 2000],
  MVR: [24_000, 800],
  MWK: [2_700_000, 90_000],
  MZN: [96_000, 3000],
  NAD: [26_000, 900],
  NGN: [2_200_000, 70_000],
  NIO: [56_000, 2000],
  NPR: [220_000, 7000],
  OMR: [5800, 200],
  PAB: [1500, 50],
  PEN: [5100, 200],
  PGK: [6300, 200],
  PHP: [88_000, 3000],
  PKR: [430_000, 10_000],
  PYG: [110_000, 4000],
  QAR: [5500, 200],
  RSD: [160_000, 5000],
  RUB: [120_000, 4000],
  RWF: [22_000, 700],
  SAR: [5700, 200],
  SBD: [13_000, 400],
  SCR: [21_000, 700],
  SHP: [1200, 40],
  SLE: [35_000, 1000],
  SOS: [860_000, 30_000],
  SRD: [58_000, 2000],
  STD: [33_000_000, 1_000_000],
  SZL: [26_000, 900],
  TJS: [14_000, 500],
  TND: [46_000, 1000],
  TOP: [3600, 100],
  TRY: [63_000, 2000],
  TTD: [11_000, 300],
  TWD: [48_000, 2000],
  TZS: [3_700_000, 100_000],
  UAH: [63_000, 2000],
  UGX: [55_000, 2000],
  UYU: [60_000, 2000],
  UZS: [18_000_000, 600_000],
  VND: [380_000, 10_000],
  VUV: [1900, 60],
  WST: [4200, 100],
  XAF: [8500, 300],
  XCD: [4100, 100],
  XCG: [2700, 90],
  XOF: [8500, 300],
  XPF: [1600, 50],
  YER: [360_000, 10_000],
  ZAR: [27_000, 900],
  ZMW: [34_000, 1000],
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/** ISO 4217 currencies with no or three decimals. All others have two. */
const zeroDecimals = words('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF')
const threeDecimals = words('BHD JOD KWD OMR TND')

/** For compatibility, Stripe uses two decimals for these, and they must be 00 ("special cases"). */
const withTwoAtStripe = words('ISK UGX')
/** Stripe uses no decimals, although ISO 4217 has two. */
const withNoneAtStripe = words('MGA')
/** Maximum digits of an amount in Stripe's unit: eight, except for these. */
const digitsAtStripe: Record<string, number> = { IDR: 12 }

const atPayPal = words(
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD',
)
/** PayPal rejects decimals in these, although ISO 4217 has them. */
const withNoneAtPayPal = words('HUF TWD')
/** PayPal supports these only for accounts of one country. */
const countryAtPayPal: Record<string, string> = { BRL: 'BR', CNY: 'CN', MYR: 'MY' }

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

export interface Currency {
  /** Digits after the decimal point in ISO 4217. Our amounts are integers in this unit. */
  digits: number
  /** The default initial charge, and the default minimum: an organization can set a lower one. */
  initial: number
  gateways: Partial<Record<GatewayName, GatewayRules>>
}

function currencyOf(code: string, [initial, least]: Amounts): Currency {
  const digits = zeroDecimals.has(code) ? 0 : threeDecimals.has(code) ? 3 : 2
  return {
    digits,
    initial,
    gateways: {
      stripe: stripeRules(code, digits, least),
      ...(atPayPal.has(code) ? { paypal: payPalRules(code, digits) } : {}),
    },
  }
}

function stripeRules(code: string, digits: number, least: number): GatewayRules {
  const own = withTwoAtStripe.has(code) ? 2 : withNoneAtStripe.has(code) ? 0 : digits
  // The last of three decimals must be 0.
  const step = digits === 3 ? 10 : stepOf(digits, own)
  const largest = (10 ** (digitsAtStripe[code] ?? 8) - 1) * 10 ** (digits - own)
  return {
    digits: own,
    least,
    largest: largest - (largest % step),
    step,
    leastIsPublished: Object.hasOwn(published, code),
  }
}

function payPalRules(code: string, digits: number): GatewayRules {
  const own = withNoneAtPayPal.has(code) ? 0 : digits
  const onlyIn = countryAtPayPal[code]
  const step = stepOf(digits, own)
  return { digits: own, least: step, step, leastIsPublished: false, ...(onlyIn ? { onlyIn } : {}) }
}

const stepOf = (digits: number, own: number) => 10 ** Math.max(0, digits - own)

/** Every currency that Stripe or PayPal supports, by its ISO 4217 code. */
export const currencies: Readonly<Record<string, Currency>> = Object.fromEntries(
  Object.entries({ ...published, ...converted })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, amounts]) => [code, currencyOf(code, amounts)]),
)
