import { z } from 'zod'
import { anyGateway } from '../domain/gateways/list.ts'
import { isSupportedCurrency } from '../domain/payment/money.ts'
import { scopes } from '../domain/tenant/scopes.ts'

/** How the help shows an option: a placeholder for its value and an optional note. */
export interface Shown {
  value: string
  note?: string
}
const registry = z.registry<Shown>()

/** Attaches help text to a schema. */
export function option<Schema extends z.ZodType>(schema: Schema, value: string, note?: string): Schema {
  const own = schema.clone() as Schema
  registry.add(own, note === undefined ? { value } : { value, note })
  return own
}

/** Returns the help texts of an option; by default, the values of an enum. */
export function shownOf(schema: z.ZodType): Shown {
  const shown = registry.get(schema)
  if (shown) return shown
  const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? schema.unwrap() : schema
  return { value: inner instanceof z.ZodEnum ? inner.options.join('|') : '…' }
}

/** Returns whether an option can be omitted. */
export const isOptional = (schema: z.ZodType): boolean => schema.safeParse(undefined).success

export const text = z.string().min(1).max(255)

/** A whole number in digits, without sign, spaces, decimal point or exponent. */
export const wholeNumber = (least: number, most: number, rule: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be ${rule}`)
    .transform(Number)
    .refine((number) => number >= least && number <= most, `must be ${rule}`)

const amountRule = 'a whole number of minor units, in digits: 2500 for 25.00 USD'
export const amount = option(wholeNumber(0, 999_999_999_999, amountRule), 'minor units', '2500 is 25.00 USD')

const mostSeconds = 366 * 86_400
const secondsRule = `a whole number of seconds from 1 to ${mostSeconds}`
export const seconds = option(wholeNumber(1, mostSeconds, secondsRule), 'seconds', 'from now, at most a year')

/** A time of a command that concerns what has happened by then. */
export const isPast = (time: string | Date): boolean => new Date(time).getTime() <= Date.now()
export const pastRule = 'must not be in the future'

export const organization = option(text, 'org_…')
export const environment = z.enum(['live', 'sandbox'])
export const tenant = { organization, environment }
export const billingCustomer = option(text, 'bc_…')
export const reason = option(text, 'text', 'stored in the event')
export const operator = option(z.string().max(100).default(''), 'name', 'your name, stored in the event')

export const currency = z
  .string()
  .refine(isSupportedCurrency, `must be a currency that ${anyGateway} supports, such as USD`)

export const scopeList = option(
  z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(z.enum(scopes)))
    .transform((list) => [...new Set(list)])
    .optional(),
  'scope,scope',
  `required for a secret key: * grants everything, or any of ${scopes.slice(1).join(', ')}`,
)

const mostRows = 100
export const page = {
  limit: option(wholeNumber(1, mostRows, `from 1 to ${mostRows}`).default(20), `1..${mostRows}`, 'default: 20'),
  cursor: option(text.optional(), 'next_cursor', 'from the previous page'),
}
