import { z } from 'zod'
import { isReservedHeader } from '../../domain/webhooks/headers.ts'

// Formats of the variables of OpenTelemetry. Messages never repeat a value: headers are secrets.

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const attributeName = /^[A-Za-z][A-Za-z0-9_.-]*$/

const form = 'must be name=value, separated by commas, with percent-encoded values: api-key=abc,tenant=a%20b'

/**
 * Characters that W3C Baggage requires to be encoded, and quotes, which some programs that read .env files keep. A
 * semicolon looks like a separator.
 */
const unencoded = /["'`;\\]/

/** Pairs `name=value`, separated by commas; values are percent-encoded (W3C Baggage, as OpenTelemetry requires). */
const keyValueList = (whyNot: (names: string[], values: string[]) => string | undefined) =>
  z.string().transform((text, context) => {
    const pairs = text
      .split(',')
      .map((pair) => pair.trim())
      .filter(Boolean)
      .map(pairOf)
    const read = pairs.filter((pair) => pair !== undefined)
    const [names, values] = [read.map(([name]) => name), read.map(([, value]) => value)]
    const wrong = unencoded.test(text) || read.length < pairs.length ? form : whyNot(names, values)
    if (wrong === undefined) return Object.fromEntries(read)
    context.addIssue({ code: 'custom', message: wrong })
    return z.NEVER
  })

const isRepeated = (names: string[]) => new Set(names).size < names.length
const repeated = 'must not have a name twice'

/** Headers of requests to a collector. */
export const headerList = keyValueList((names, values) => {
  if (!names.every((name) => headerName.test(name))) return form
  if (names.some(isReservedHeader)) return 'must not have headers that describe the connection, such as Host'
  if (!values.every((value) => /^[\x20-\x7e]+$/.test(value))) return 'must have values of visible ASCII characters'
  return isRepeated(names.map((name) => name.toLowerCase())) ? repeated : undefined
})

/** Attributes of a resource. */
export const attributeList = keyValueList((names, values) => {
  const isForm = names.every((name) => attributeName.test(name)) && values.every((value) => /^[^\p{Cc}]+$/u.test(value))
  if (!isForm) return form
  return isRepeated(names) ? repeated : undefined
})

function pairOf(pair: string): [string, string] | undefined {
  const at = pair.indexOf('=')
  try {
    return at < 0 ? undefined : [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())]
  } catch {
    return undefined
  }
}
