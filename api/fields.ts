import { z } from '@hono/zod-openapi'
import { findCardNumber } from '../domain/card-numbers.ts'
import { isCountry, isPhone } from '../domain/customer-profile.ts'
import { whyNotExternalId } from '../domain/ids.ts'
import { metadataBytes, metadataLimits, tooManyBytes, tooManyKeys } from '../domain/metadata.ts'
import { isSupportedCurrency } from '../domain/money.ts'

// What the fields of several doors have in common. Messages say what would be right; the path is put before them.

/** What is said of a field that is not there. */
export const missing = 'is required'

export const mustBe = (text: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? missing : `must be ${text}`),
})

/** A text of 1 to `most` characters. */
export const text = (most: number, example?: string) =>
  z
    .string(mustBe('a text'))
    .min(1, 'must not be empty')
    .max(most, `must be at most ${most} characters`)
    .openapi(example === undefined ? {} : { example })

export const email = (most = 254) =>
  z
    .email(mustBe('an e-mail address'))
    .max(most, `must be at most ${most} characters`)
    .openapi({ example: 'ada@example.com' })

export const phone = z
  .string(mustBe('a text'))
  .refine(isPhone, 'must be a phone number in E.164 form, such as +27123456789')
  .openapi({ example: '+27123456789' })

export const currency = z
  .string(mustBe('a text'))
  .refine(
    isSupportedCurrency,
    'must be an ISO 4217 code in capitals, such as USD, of a currency that Stripe or PayPal takes',
  )
  .openapi({ example: 'USD', description: 'A currency that Stripe or PayPal takes; docs/currencies.md lists them' })

/** An amount of the smallest unit of its currency; negative where `least` says so. */
export const minorUnits = (least = 0) =>
  z
    .number(mustBe('a whole number of minor units'))
    .int('must be a whole number of minor units')
    .min(least, `must be at least ${least}`)
    .max(Number.MAX_SAFE_INTEGER, 'is too large')

export const country = z
  .string(mustBe('a text'))
  .refine(isCountry, 'must be an ISO 3166-1 alpha-2 code in capitals, such as US')
  .openapi({ example: 'US' })

/** Refuses card numbers anywhere in a value; `name` is the field that is looked at. */
export const noCards = (name: string) => (value: unknown, context: z.RefinementCtx) => {
  const found = findCardNumber(value, name)
  if (found === undefined) return
  const path = found.split('.').slice(1)
  context.addIssue({ code: 'custom', path, message: 'must not hold a card number' })
}

/** What a field says in the OpenAPI document where a call names a customer that it may make. */
export const contactDescription =
  'Your external id of the customer, or our id of it as any door writes it. An unknown external id becomes a customer, unless the setting insert_unknown_contacts is false. An unknown id of ours is 404; the id of anything but a customer is 400'

/** Refuses texts that cannot be the external id of a customer. */
export function canBeExternalId(text: string, context: z.RefinementCtx): void {
  const message = whyNotExternalId(text)
  if (message) context.addIssue({ code: 'custom', message })
}

type DoorLimits = Pick<typeof metadataLimits, 'keys' | 'keyLength' | 'valueLength'>

/**
 * Free data of the caller. `value` says what values may be; a door may have narrower `limits`. The bytes are limited at
 * every door.
 */
export const metadata = <Value extends z.ZodType>(value: Value, limits: DoorLimits = metadataLimits) =>
  z
    .record(z.string(), value, mustBe('an object'))
    .superRefine((data, context) => {
      const refuse = (message: string, path: string[] = []) => context.addIssue({ code: 'custom', path, message })
      const names = Object.keys(data)
      if (names.length > limits.keys) refuse(tooManyKeys(limits.keys))
      if (metadataBytes(data) > metadataLimits.bytes) refuse(tooManyBytes)
      for (const name of names) {
        const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name
        if (name.length > limits.keyLength)
          refuse(`must have a name of at most ${limits.keyLength} characters`, [shown])
        const content = data[name]
        const length = (typeof content === 'string' ? content : JSON.stringify(content)).length
        if (length > limits.valueLength) refuse(`must be at most ${limits.valueLength} characters`, [shown])
      }
    })
    .superRefine(noCards('metadata'))
    .openapi({ type: 'object', additionalProperties: true })

/** The same without names that begin with `_`: those are the service's. */
export const billingMetadata = metadata(z.unknown())
  .superRefine((data, context) => {
    for (const name of Object.keys(data).filter((name) => name.startsWith('_')))
      context.addIssue({
        code: 'custom',
        path: [name.slice(0, 40)],
        message: 'must not begin with _: such names are kept for the service',
      })
  })
  .openapi({ type: 'object', additionalProperties: true })

/** A whole number in a query. */
export const countInQuery = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z.coerce
    .number(mustBe('a whole number'))
    .int('must be a whole number')
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`)

/** A text in a query that rows are searched for; NUL is in none of them. */
export const searched = z
  .string(mustBe('one text'))
  .max(256, 'must be at most 256 characters')
  .refine((text) => !text.includes('\u0000'), 'must not hold NUL')
