import { z } from '@hono/zod-openapi'
import { anyGateway } from '../../domain/gateways/list.ts'
import { isPhone } from '../../domain/tenant/customer-profile.ts'
import { isCountry } from '../../domain/text/countries.ts'
import { toEmail } from '../../domain/text/email.ts'
import { characters, toStored, whyNotText, type TextKind } from '../../domain/text/free-text.ts'
import { whyNotExternalId } from '../../domain/text/ids.ts'
import { metadataBytes, metadataLimits, tooManyBytes, tooManyKeys } from '../../domain/text/metadata.ts'
import { isStorableTime, timeRule, yearsRule } from '../../domain/text/times.ts'
import { isSupportedCurrency } from '../../domain/payment/money.ts'

// Fields that several doors share. A message says what a valid value is, and follows the path of the field.

/** Message for a missing field. */
export const missing = 'is required'

export const mustBe = (text: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? missing : `must be ${text}`),
})

/** A string of 1 to `most` characters that is only looked up. */
export const text = (most: number, example?: string) =>
  z
    .string(mustBe('a string'))
    .min(1, 'must not be empty')
    .max(most, `must be at most ${most} characters`)
    .openapi(example === undefined ? {} : { example })

/** Returns a check of a text by the rule for its kind: see `whyNotText`. */
const follows = (kind: TextKind) => (text: string, context: z.RefinementCtx) => {
  const message = whyNotText(text, kind)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
}

/** A text that is stored: it follows the rule for its kind, and is normalized to NFC. */
const kept = (kind: TextKind, most: number, example?: string) =>
  text(most, example).normalize().superRefine(follows(kind))

/** One line of text, such as the name of a customer or a street. */
export const name = (most: number, example?: string) => kept('name', most, example)

/** An id of another system. */
export const foreignId = (most: number, example?: string) => kept('id', most, example)

/** A text that follows the rule for its kind, is normalized to NFC, and can be empty. */
const optional = (kind: TextKind, most: number) =>
  z.string(mustBe('a string')).max(most, `must be at most ${most} characters`).normalize().superRefine(follows(kind))

/** Text of several lines. An empty text is no text. */
export const notes = optional('notes', 5000)

/** One line of text. An empty text is no description. */
export const description = (most: number, example: string) => optional('name', most).openapi({ example })

/** The reason that an operator or a caller gives. */
export const reason = (example: string) => kept('notes', 500, example)

/** An email address. Its domain becomes ASCII: see `toEmail`. */
export const email = (most = 254) =>
  z
    .string(mustBe('an email address'))
    .transform((text, context) => {
      const address = toEmail(text, most)
      if (address === undefined)
        context.addIssue({ code: 'custom', message: `must be an email address of at most ${most} characters` })
      return address ?? z.NEVER
    })
    .openapi({ format: 'email', maxLength: most, example: 'ada@example.com' })

export const phone = z
  .string(mustBe('a string'))
  .refine(isPhone, 'must be a phone number in E.164 form, such as +27123456789')
  .openapi({ example: '+27123456789' })

export const currency = z
  .string(mustBe('a string'))
  .refine(
    isSupportedCurrency,
    `must be the ISO 4217 code in uppercase, such as USD, of a currency that ${anyGateway} supports`,
  )
  .openapi({ example: 'USD', description: `A currency that ${anyGateway} supports; docs/currencies.md lists them` })

/** A time, as a Date that PostgreSQL can store. */
export const instant = (rule = timeRule) =>
  z.iso
    .datetime({ offset: true, error: rule })
    .transform((text) => new Date(text))
    .refine(isStorableTime, yearsRule)

/** An amount in minor units. It can be negative if `least` is. */
export const minorUnits = (least = 0) =>
  z
    .number(mustBe('a whole number of minor units'))
    .int('must be a whole number of minor units')
    .min(least, `must be at least ${least}`)
    .max(Number.MAX_SAFE_INTEGER, 'is too large')

export const country = z
  .string(mustBe('a string'))
  .refine(isCountry, 'must be an ISO 3166-1 alpha-2 code in uppercase, such as US')
  .openapi({ example: 'US' })

/** Rejects texts in metadata that do not follow the rules. Keys follow the rule for names. */
function checkTexts(value: unknown, path: string[], refuse: (message: string, path: string[]) => void): void {
  if (typeof value === 'string') {
    const message = whyNotText(value, 'data')
    if (message !== undefined) refuse(message, path)
  }
  if (value === null || typeof value !== 'object') return
  const seen = new Set<string>()
  for (const [key, inner] of Object.entries(value)) {
    const message = Array.isArray(value) ? undefined : whyNotText(key, 'name')
    if (message !== undefined) refuse(`must not have this key: a key ${message}`, path)
    else if (seen.has(toStored(key))) refuse('must not have the same key in two Unicode spellings', path)
    else checkTexts(inner, [...path, key], refuse)
    seen.add(toStored(key))
  }
}

/** Returns metadata with every text in NFC. */
function inNfc<Data>(value: Data): Data {
  if (typeof value === 'string') return toStored(value) as Data
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(inNfc) as Data
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [toStored(key), inNfc(inner)])) as Data
}

/** Description of a field that names a customer, in calls that may create it. */
export const contactDescription =
  'Your external id of the customer, or its id in the form of any door. An unknown external id creates a ' +
  'customer, unless the setting insert_unknown_contacts is false. An unknown id returns 404; the id of an object ' +
  'of another type returns 400'

/** Rejects texts that cannot be the external id of a customer. */
export function canBeExternalId(text: string, context: z.RefinementCtx): void {
  const message = whyNotExternalId(text)
  if (message) context.addIssue({ code: 'custom', message })
}

type DoorLimits = Pick<typeof metadataLimits, 'keys' | 'keyLength' | 'valueLength'>

/**
 * Metadata of the caller. `value` is the schema of values. A door may have stricter `limits`; the limit of bytes is the
 * same for all doors.
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
        if (characters(name) > limits.keyLength)
          refuse(`must have a name of at most ${limits.keyLength} characters`, [name])
        const content = data[name]
        const length = characters(typeof content === 'string' ? content : JSON.stringify(content))
        if (length > limits.valueLength) refuse(`must be at most ${limits.valueLength} characters`, [name])
      }
    })
    .superRefine((data, context) =>
      checkTexts(data, [], (message, path) => context.addIssue({ code: 'custom', path, message })),
    )
    .overwrite(inNfc)
    .openapi({ type: 'object', additionalProperties: true })

/** Metadata without names that begin with `_`, which the service uses. */
export const billingMetadata = metadata(z.unknown())
  .superRefine((data, context) => {
    for (const name of Object.keys(data).filter((name) => name.startsWith('_')))
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'must not begin with _: such names are reserved for the service',
      })
  })
  .openapi({ type: 'object', additionalProperties: true })
