import { gatewayFacts } from '../gateways/list.ts'
import type { GatewayRules } from '../gateways/facts.ts'
import { gatewayNames, type GatewayName } from '../lifecycle.ts'

// Currencies that the gateways support, with their amounts. docs/currencies.md is generated from this file and from the
// facts of each gateway (`domain/gateways/`).

/** The default initial charge of each currency (about 15 USD), in minor units. */
const initialAmounts: Record<string, number> = {
  AED: 5500,
  AFN: 110_000,
  ALL: 130_000,
  AMD: 580_000,
  ANG: 2700,
  AOA: 1_400_000,
  ARS: 2_100_000,
  AUD: 1500,
  AWG: 2700,
  AZN: 2600,
  BAM: 2600,
  BBD: 3000,
  BDT: 190_000,
  BHD: 5600,
  BIF: 45_000,
  BMD: 1500,
  BND: 2000,
  BOB: 11_000,
  BRL: 7500,
  BSD: 1500,
  BWP: 21_000,
  BYN: 4500,
  BZD: 3000,
  CAD: 1500,
  CDF: 3_800_000,
  CHF: 1500,
  CLP: 14_000,
  CNY: 11_000,
  COP: 5_900_000,
  CRC: 760_000,
  CVE: 150_000,
  CZK: 35_000,
  DJF: 2700,
  DKK: 10_000,
  DOP: 95_000,
  DZD: 200_000,
  EGP: 72_000,
  ETB: 230_000,
  EUR: 1500,
  FJD: 3500,
  FKP: 1200,
  GBP: 1500,
  GEL: 4100,
  GIP: 1200,
  GMD: 110_000,
  GNF: 140_000,
  GTQ: 12_000,
  GYD: 320_000,
  HKD: 12_000,
  HNL: 39_000,
  HTG: 200_000,
  HUF: 550_000,
  IDR: 25_000_000,
  ILS: 5000,
  INR: 130_000,
  ISK: 2000,
  JMD: 240_000,
  JOD: 10_600,
  JPY: 2200,
  KES: 200_000,
  KGS: 140_000,
  KHR: 6_100_000,
  KMF: 6400,
  KRW: 20_000,
  KWD: 4600,
  KYD: 1300,
  KZT: 800_000,
  LAK: 33_000_000,
  LBP: 90_000_000,
  LKR: 460_000,
  LRD: 270_000,
  LSL: 26_000,
  MAD: 14_000,
  MDL: 26_000,
  MGA: 6_800_000,
  MKD: 80_000,
  MMK: 3_200_000,
  MNT: 5_400_000,
  MOP: 12_000,
  MUR: 69_000,
  MVR: 24_000,
  MWK: 2_700_000,
  MXN: 28_000,
  MYR: 6500,
  MZN: 96_000,
  NAD: 26_000,
  NGN: 2_200_000,
  NIO: 56_000,
  NOK: 15_000,
  NPR: 220_000,
  NZD: 1500,
  OMR: 5800,
  PAB: 1500,
  PEN: 5100,
  PGK: 6300,
  PHP: 88_000,
  PKR: 430_000,
  PLN: 6000,
  PYG: 110_000,
  QAR: 5500,
  RON: 7000,
  RSD: 160_000,
  RUB: 120_000,
  RWF: 22_000,
  SAR: 5700,
  SBD: 13_000,
  SCR: 21_000,
  SEK: 15_000,
  SGD: 1500,
  SHP: 1200,
  SLE: 35_000,
  SOS: 860_000,
  SRD: 58_000,
  STD: 33_000_000,
  SZL: 26_000,
  THB: 50_000,
  TJS: 14_000,
  TND: 46_000,
  TOP: 3600,
  TRY: 63_000,
  TTD: 11_000,
  TWD: 48_000,
  TZS: 3_700_000,
  UAH: 63_000,
  UGX: 55_000,
  USD: 1500,
  UYU: 60_000,
  UZS: 18_000_000,
  VND: 380_000,
  VUV: 1900,
  WST: 4200,
  XAF: 8500,
  XCD: 4100,
  XCG: 2700,
  XOF: 8500,
  XPF: 1600,
  YER: 360_000,
  ZAR: 27_000,
  ZMW: 34_000,
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/** ISO 4217 currencies with no or three decimals. All others have two. */
const zeroDecimals = words('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF')
const threeDecimals = words('BHD JOD KWD OMR TND')

export interface Currency {
  /** Digits after the decimal point in ISO 4217. Our amounts are integers in this unit. */
  digits: number
  /** The default initial charge, and the default minimum: an organization can set a lower one. */
  initial: number
  gateways: Partial<Record<GatewayName, GatewayRules>>
}

function currencyOf(code: string, initial: number): Currency {
  const digits = zeroDecimals.has(code) ? 0 : threeDecimals.has(code) ? 3 : 2
  const gateways: Currency['gateways'] = {}
  for (const name of gatewayNames) {
    const rules = gatewayFacts[name].rulesOf(code, digits)
    if (rules) gateways[name] = rules
  }
  return { digits, initial, gateways }
}

/** Every currency that a gateway supports, by its ISO 4217 code. */
export const currencies: Readonly<Record<string, Currency>> = Object.fromEntries(
  Object.entries(initialAmounts).map(([code, initial]) => [code, currencyOf(code, initial)]),
)
