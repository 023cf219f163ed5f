import { invalidRequest } from '../errors.ts'
import { requireText, type Input } from '../input.ts'

// docs.stripe.com/currencies, in Stripe's own units, apart from the product's table on purpose. Below the least of the
// settlement currency Stripe refuses any other currency too, by the day's rate; without rates only what it publishes is
// refused.
const least: Record<string, number> = {
  ...{ usd: 50, aed: 200, aud: 50, brl: 50, cad: 50, chf: 50, czk: 1500, dkk: 250, eur: 50, gbp: 30, hkd: 400 },
  ...{ huf: 17_500, inr: 50, jpy: 50, mxn: 1000, myr: 200, nok: 300, nzd: 50, pln: 200, ron: 200, sek: 300 },
  ...{ sgd: 50, thb: 1000 },
}
const threeDecimals = ['bhd', 'jod', 'kwd', 'omr', 'tnd']
/** "To maintain backwards compatibility" these have two decimals that must be 00. */
const twoZeros = ['isk', 'ugx']
const others = (
  'afn all amd ang aoa ars awg azn bam bbd bdt bif bmd bnd bob bsd bwp byn bzd cdf clp cny cop crc cve djf dop dzd egp etb ' +
  'fjd fkp gel gip gmd gnf gtq gyd hnl htg idr ils jmd kes kgs khr kmf krw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk ' +
  'mnt mop mur mvr mwk mzn nad ngn nio npr pab pen pgk php pkr pyg qar rsd rub rwf sar sbd scr shp sle sos srd std szl tjs ' +
  'top try ttd twd tzs uah uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw'
).split(' ')
const known = new Set([...Object.keys(least), ...threeDecimals, ...twoZeros, ...others])
/** "Up to twelve digits for IDR, and up to eight digits for all other currencies". */
const most = (currency: string) => (currency === 'idr' ? 999_999_999_999 : 99_999_999)

/**
 * The amount and the currency of a payment, refused as the vendor refuses them. The codes are documented, the texts are
 * ours.
 */
export function requireMoney(input: Input): { amount: number; currency: string } {
  const currency = requireText(input, 'currency').toLowerCase()
  if (!known.has(currency)) throw invalidRequest(`Invalid currency: ${currency}.`, { param: 'currency' })
  const amount = Number(requireText(input, 'amount'))
  const refuse = (message: string, code: string) => invalidRequest(message, { code, param: 'amount' })
  if (!Number.isInteger(amount) || amount < 1) throw refuse('Invalid positive integer', 'parameter_invalid_integer')
  if (amount < (least[currency] ?? 1))
    throw refuse(`Amount must be at least ${least[currency]} ${currency}`, 'amount_too_small')
  if (amount > most(currency))
    throw refuse(`Amount must be no more than ${most(currency)} ${currency}`, 'amount_too_large')
  const step = threeDecimals.includes(currency) ? 10 : twoZeros.includes(currency) ? 100 : 1
  if (amount % step !== 0)
    throw refuse(`Invalid amount for ${currency}: must be divisible by ${step}`, 'parameter_invalid_integer')
  return { amount, currency }
}
