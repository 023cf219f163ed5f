import { invalidRequest } from '../errors.ts'
import { requireText, type Input } from '../input.ts'

// docs.stripe.com/currencies, in Stripe's units. Deliberately separate from the product's table. Stripe also rejects
// amounts in other currencies below the minimum of the settlement currency at the current rate. Without rates, only
// published minimums apply here.
const minimums: Record<string, number> = {
  ...{ usd: 50, aed: 200, aud: 50, brl: 50, cad: 50, chf: 50, czk: 1500, dkk: 250, eur: 50, gbp: 30, hkd: 400 },
  ...{ huf: 17_500, inr: 50, jpy: 50, mxn: 1000, myr: 200, nok: 300, nzd: 50, pln: 200, ron: 200, sek: 300 },
  ...{ sgd: 50, thb: 1000 },
}
const threeDecimals = ['bhd', 'jod', 'kwd', 'omr', 'tnd']
/** "To maintain backwards compatibility", these have two decimals that must be 00. */
const twoZeros = ['isk', 'ugx']
const others = (
  'afn all amd ang aoa ars awg azn bam bbd bdt bif bmd bnd bob bsd bwp byn bzd cdf clp cny cop crc cve djf dop dzd ' +
  'egp etb fjd fkp gel gip gmd gnf gtq gyd hnl htg idr ils jmd kes kgs khr kmf krw kyd kzt lak lbp lkr lrd lsl mad ' +
  'mdl mga mkd mmk mnt mop mur mvr mwk mzn nad ngn nio npr pab pen pgk php pkr pyg qar rsd rub rwf sar sbd scr shp ' +
  'sle sos srd std szl tjs top try ttd twd tzs uah uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw'
).split(' ')
const known = new Set([...Object.keys(minimums), ...threeDecimals, ...twoZeros, ...others])
/** "Up to twelve digits for IDR, and up to eight digits for all other currencies". */
const maximum = (currency: string) => (currency === 'idr' ? 999_999_999_999 : 99_999_999)

/** Returns the amount and currency of a payment. Throws the vendor's documented codes; the messages are ours. */
export function requireMoney(input: Input): { amount: number; currency: string } {
  const currency = requireText(input, 'currency').toLowerCase()
  if (!known.has(currency)) throw invalidRequest(`Invalid currency: ${currency}.`, { param: 'currency' })
  const amount = Number(requireText(input, 'amount'))
  const refuse = (message: string, code: string) => invalidRequest(message, { code, param: 'amount' })
  if (!Number.isInteger(amount) || amount < 1) throw refuse('Invalid positive integer', 'parameter_invalid_integer')
  if (amount < (minimums[currency] ?? 1))
    throw refuse(`Amount must be at least ${minimums[currency]} ${currency}`, 'amount_too_small')
  if (amount > maximum(currency))
    throw refuse(`Amount must be no more than ${maximum(currency)} ${currency}`, 'amount_too_large')
  const step = threeDecimals.includes(currency) ? 10 : twoZeros.includes(currency) ? 100 : 1
  if (amount % step !== 0)
    throw refuse(`Invalid amount for ${currency}: must be divisible by ${step}`, 'parameter_invalid_integer')
  return { amount, currency }
}
