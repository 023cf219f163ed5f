import { z } from '@hono/zod-openapi'
import { invalid } from '../../domain/failure/failures.ts'
import { toEmail } from '../../domain/text/email.ts'
import { characters } from '../../domain/text/free-text.ts'
import { idPrefixes, readId, type Kind } from '../../domain/text/ids.ts'
import { mustBe } from './fields.ts'

// Fields of queries and filters that several doors share.

/** A whole number in a query. Digits only: `Number` would also accept `0x10`, `1e1`, spaces and an empty text. */
export const countInQuery = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(
    (text) => (typeof text === 'string' && /^(\d|-[1-9])\d{0,15}$/.test(text) ? Number(text) : text),
    z
      .int('must be a whole number, in digits')
      .min(least, `must be at least ${least}`)
      .max(most, `must be at most ${most}`),
  )

/** A text to search for. */
export const searched = z.string(mustBe('a single value')).max(256, 'must be at most 256 characters')

// Filters that cannot match are rejected: an empty list would mean that there is no such object.

const oneText = (most: number) =>
  z
    .string(mustBe('a single value'))
    .min(1, 'must not be empty')
    .refine((text) => characters(text) <= most, `must be at most ${most} characters`)
    .openapi({ maxLength: most })

/** A filter by the id of an object, in the form of any door. */
export const idFilter = (kind: Kind) => {
  const example = `${idPrefixes[kind]}_01k2j0q8e5f7g9h1j3k5m7n9p1`
  return oneText(64)
    .refine((text) => readId(text)?.kind === kind, `must be an id such as ${example}`)
    .openapi({ example })
    .transform((text) => readId(text)!.id)
}

export const externalIdFilter = oneText(256)

/** An email address in a query, in which an unencoded + has become a space. */
export const emailFilter = oneText(254).transform((text, context) => {
  const address = toEmail(text)
  const blank = 'must not contain a space; in a query, write a plus sign as %2B'
  if (address === undefined)
    context.addIssue({ code: 'custom', message: /\s/.test(text) ? blank : 'must be an email address' })
  return address ?? z.NEVER
})

/** Rejects an empty range of time. `names` are the fields of the call. */
export function checkRange(from: Date | undefined, before: Date | undefined, names: { from: string; before: string }) {
  if (from && before && from >= before) throw invalid(names.before, `must be after ${names.from}`)
}
