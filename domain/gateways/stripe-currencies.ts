import { stepOf, type GatewayRules } from './facts.ts'

/**
 * Presentment currencies, zero-decimal and three-decimal currencies, special cases, minimum and maximum amounts. A
 * value that the page does not publish is marked as ours; docs/going-live.md says how to verify it.
 */
export const currencySource = 'https://docs.stripe.com/currencies'

/** Published minimum amounts, in minor units. */
const published: Record<string, number> = {
  USD: 50,
  EUR: 50,
  GBP: 30,
  AED: 200,
  AUD: 50,
  BRL: 50,
  CAD: 50,
  CHF: 50,
  CZK: 1500,
  DKK: 250,
  HKD: 400,
  HUF: 17_500,
  INR: 50,
  JPY: 50,
  MXN: 1000,
  MYR: 200,
  NOK: 300,
  NZD: 50,
  PLN: 200,
  RON: 200,
  SEK: 300,
  SGD: 50,
  THB: 1000,
}

/**
 * Stripe publishes no minimum for these: the settled amount must reach the minimum of the settlement currency. These
 * are our own values, about 0.50 USD at rates of late 2026, so that an amount such as 50 VND never reaches Stripe.
 */
const converted: Record<string, number> = {
  AFN: 3000,
  ALL: 4000,
  AMD: 20_000,
  ANG: 90,
  AOA: 50_000,
  ARS: 70_000,
  AWG: 90,
  AZN: 80,
  BAM: 80,
  BBD: 100,
  BDT: 6000,
  BHD: 200,
  BIF: 1000,
  BMD: 50,
  BND: 60,
  BOB: 300,
  BSD: 50,
  BWP: 700,
  BYN: 200,
  BZD: 100,
  CDF: 100_000,
  CLP: 500,
  CNY: 400,
  COP: 200_000,
  CRC: 30_000,
  CVE: 5000,
  DJF: 90,
  DOP: 3000,
  DZD: 6000,
  EGP: 2000,
  ETB: 8000,
  FJD: 100,
  FKP: 40,
  GEL: 100,
  GIP: 40,
  GMD: 4000,
  GNF: 4000,
  GTQ: 400,
  GYD: 10_000,
  HNL: 1000,
  HTG: 7000,
  IDR: 800_000,
  ILS: 200,
  ISK: 60,
  JMD: 8000,
  JOD: 400,
  KES: 6000,
  KGS: 4000,
  KHR: 200_000,
  KMF: 200,
  KRW: 700,
  KWD: 200,
  KYD: 40,
  KZT: 30_000,
  LAK: 1_000_000,
  LBP: 4_000_000,
  LKR: 20_000,
  LRD: 9000,
  LSL: 900,
  MAD: 500,
  MDL: 800,
  MGA: 200_000,
  MKD: 3000,
  MMK: 100_000,
  MNT: 200_000,
  MOP: 400,
  MUR: 2000,
  MVR: 800,
  MWK: 90_000,
  MZN: 3000,
  NAD: 900,
  NGN: 70_000,
  NIO: 2000,
  NPR: 7000,
  OMR: 200,
  PAB: 50,
  PEN: 200,
  PGK: 200,
  PHP: 3000,
  PKR: 10_000,
  PYG: 4000,
  QAR: 200,
  RSD: 5000,
  RUB: 4000,
  RWF: 700,
  SAR: 200,
  SBD: 400,
  SCR: 700,
  SHP: 40,
  SLE: 1000,
  SOS: 30_000,
  SRD: 2000,
  STD: 1_000_000,
  SZL: 900,
  TJS: 500,
  TND: 1000,
  TOP: 100,
  TRY: 2000,
  TTD: 300,
  TWD: 2000,
  TZS: 100_000,
  UAH: 2000,
  UGX: 2000,
  UYU: 2000,
  UZS: 600_000,
  VND: 10_000,
  VUV: 60,
  WST: 100,
  XAF: 300,
  XCD: 100,
  XCG: 90,
  XOF: 300,
  XPF: 50,
  YER: 10_000,
  ZAR: 900,
  ZMW: 1000,
}
const least: Record<string, number> = { ...published, ...converted }

/** For compatibility, Stripe uses two decimals for these, and they must be 00 ("special cases"). */
const withTwo = ['ISK', 'UGX']
/** Stripe uses no decimals, although ISO 4217 has two. */
const withNone = ['MGA']
/** Maximum digits of an amount in Stripe's unit: eight, except for these. */
const mostDigits: Record<string, number> = { IDR: 12 }

export function rulesOf(code: string, digits: number): GatewayRules | undefined {
  if (!Object.hasOwn(least, code)) return undefined
  const own = withTwo.includes(code) ? 2 : withNone.includes(code) ? 0 : digits
  // The last of three decimals must be 0.
  const step = digits === 3 ? 10 : stepOf(digits, own)
  const largest = (10 ** (mostDigits[code] ?? 8) - 1) * 10 ** (digits - own)
  return {
    digits: own,
    least: least[code]!,
    largest: largest - (largest % step),
    step,
    leastIsPublished: Object.hasOwn(published, code),
  }
}
