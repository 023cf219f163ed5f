import { z } from 'zod'
import { byOperator } from '../domain/events/author.ts'
import { invalid } from '../domain/failure/failures.ts'
import { amountText } from '../domain/payment/money.ts'
import { settingProblem, settingRules, settingsByName } from '../domain/tenant/settings.ts'
import { changeSettings, readSettings } from '../store/tenants/settings.ts'
import { command, type AdminCommand } from './command.ts'
import { option, tenant } from './options.ts'
import { requireOrganization } from './setup.ts'
import { whySettingsDoNotFit } from '../domain/tenant/amount-settings.ts'

const names = Object.values(settingRules).map(({ name }) => name)
const rules = Object.values(settingRules).map(({ name, rule }) => `\n      ${name}: ${rule}`)

/** Settings of an organization in one environment. */
export const settingCommands: Record<string, AdminCommand> = {
  settings: command(
    'Show the current settings and their defaults',
    tenant,
    async ({ database, settingDefaults }, { organization, environment }) => {
      await requireOrganization(database, organization)
      const values = settingsByName(
        await readSettings(database, settingDefaults, { organizationId: organization, environment }),
      )
      const defaults = settingsByName(settingDefaults)
      return Object.fromEntries(names.map((name) => [name, { value: values[name], default: defaults[name] }]))
    },
  ),

  'set-setting': command(
    'Update a setting or restore its default',
    {
      ...tenant,
      name: option(z.enum(names), 'setting', `one of:${rules.join('')}`),
      value: option(z.string(), 'JSON or text', 'null restores the default'),
    },
    async (
      { database, settingDefaults: defaults },
      { organization: organizationId, environment, name, value: said },
    ) => {
      const rule = Object.values(settingRules).find((each) => each.name === name)!
      const value = parseValue(said, rule.rule)
      const problem = value === null ? undefined : settingProblem(rule, value)
      if (problem) throw invalid('--value', problem)
      const { currency } = await requireOrganization(database, organizationId)
      const tenant = { organizationId, environment }
      const current = await readSettings(database, defaults, tenant)
      const wrong = whySettingsDoNotFit({ [name]: value }, { current, defaults, currency })
      if (wrong) throw invalid('--value', wrong.message)
      await changeSettings(database, tenant, { [name]: value }, byOperator())
      const after = settingsByName(await readSettings(database, defaults, tenant))
      const shown = { name, value: after[name], ...shownPrice(name, after[name], currency) }
      return value === null ? { ...shown, default: true } : shown
    },
  ),
}

const numberOrQuoted = /"(?:\\.|[^"\\])*"|-?\d[\d.eE+-]*/g
const isWhole = (token: string) => /^("|-?\d+$)/.test(token)

/**
 * Parses a value as JSON, or else as text: `true`, `7`, `["https://a.example"]`, `help@a.example`. Throws for a number
 * that is not in digits only: whoever writes 25.00 does not mean 25 minor units.
 */
function parseValue(value: string, rule: string): unknown {
  let parsed: unknown
  try {
    parsed = JSON.parse(value)
  } catch {
    return value
  }
  if (value.match(numberOrQuoted)?.every(isWhole) === false)
    throw invalid('--value', `must be ${rule}, with numbers in digits only: 2500 for 25.00 USD`)
  return parsed
}

const amounts = [settingRules.initialAmount.name, settingRules.minimumInitialAmount.name]

/** Returns an amount in major units, for display. */
const shownPrice = (name: string, value: unknown, currency: string) =>
  amounts.includes(name) && typeof value === 'number' ? { price: amountText(value, currency, 'major') } : {}
