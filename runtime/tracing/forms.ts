import { z } from 'zod'

// Formats of the variables of OpenTelemetry. Messages never repeat a value: headers are secrets.

export const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
export const attributeName = /^[A-Za-z][A-Za-z0-9_.-]*$/

/** Pairs `name=value`, separated by commas; values are percent-encoded (W3C Baggage, as OpenTelemetry requires). */
export const keyValueList = (name: RegExp) =>
  z.string().transform((text, context) => {
    const pairs = text
      .split(',')
      .map((pair) => pair.trim())
      .filter(Boolean)
      .map((pair) => pairOf(pair, name))
    if (pairs.every((pair) => pair !== undefined)) return Object.fromEntries(pairs)
    context.addIssue({
      code: 'custom',
      message: 'must be name=value, separated by commas, with percent-encoded values: api-key=abc,tenant=a%20b',
    })
    return z.NEVER
  })

function pairOf(pair: string, names: RegExp): [string, string] | undefined {
  const at = pair.indexOf('=')
  const name = pair.slice(0, Math.max(at, 0)).trim()
  try {
    const value = decodeURIComponent(pair.slice(at + 1).trim())
    return names.test(name) && /^[^\p{Cc}]+$/u.test(value) ? [name, value] : undefined
  } catch {
    return undefined
  }
}
