import type { WrongField } from '../failure/failures.ts'
import {
  amountText,
  defaultInitialAmount,
  leastChargeable,
  mostChargeable,
  whyNotChargeable,
} from '../payment/money.ts'
import { settingRules, type Settings } from './settings.ts'

/** Amount settings of an organization, in minor units of its currency; null for the currency's default. */
type AmountSettings = Pick<Settings, 'initialAmount' | 'minimumInitialAmount'>

/**
 * Returns the first changed setting that does not fit the organization's currency or the other amount, with the rule;
 * undefined if all fit. Each value must have passed `settingRules`; null restores the default.
 */
export function whySettingsDoNotFit(
  values: Record<string, unknown>,
  { current, defaults, currency }: { current: AmountSettings; defaults: AmountSettings; currency: string },
): WrongField | undefined {
  const [initial, minimum] = [settingRules.initialAmount.name, settingRules.minimumInitialAmount.name]
  if (values[initial] === undefined && values[minimum] === undefined) return undefined
  const after = (key: keyof AmountSettings) => {
    const value = values[settingRules[key].name] as number | null | undefined
    return value === undefined ? current[key] : (value ?? defaults[key])
  }
  const wrong = (param: string, message: string | undefined) => (message === undefined ? undefined : { param, message })
  return (
    wrong(initial, whyNoAmount(values[initial], currency)) ??
    wrong(minimum, whyNoMinimum(values[minimum], currency)) ??
    whyTooLittle(after('initialAmount'), after('minimumInitialAmount'), currency)
  )
}

const whyNoAmount = (value: unknown, currency: string) =>
  typeof value === 'number' ? whyNotChargeable(value, currency, 'minor') : undefined

function whyNoMinimum(value: unknown, currency: string): string | undefined {
  const [least, most] = [leastChargeable(currency), mostChargeable(currency)]
  if (typeof value !== 'number' || (value >= least && value <= most)) return undefined
  const range = `${amountText(least, currency, 'minor')} to ${amountText(most, currency, 'minor')}`
  return `must be from ${range}: the gateways accept no other amounts in ${currency}`
}

function whyTooLittle(amount: number | null, minimum: number | null, currency: string): WrongField | undefined {
  const usual = amount ?? defaultInitialAmount(currency)
  const least = minimum ?? defaultInitialAmount(currency)
  if (usual >= least) return undefined
  const { initialAmount, minimumInitialAmount } = settingRules
  const say = (minor: number) => amountText(minor, currency, 'minor')
  return amount === null
    ? { param: minimumInitialAmount.name, message: `must be at most ${initialAmount.name}, which is ${say(usual)}` }
    : { param: initialAmount.name, message: `must be at least ${minimumInitialAmount.name}, which is ${say(least)}` }
}
