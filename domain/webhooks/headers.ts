/** An endpoint's own request headers: lowercase names with their values. */
export type RequestHeaders = Readonly<Record<string, string>>

/** Limits of an endpoint's own headers. `bytes`: of all names and values together. */
export const headerLimits = { count: 5, name: 64, value: 2_048, bytes: 4_096 }

// Headers that the service sets itself, and those that describe the connection or the client instead of the request.
const reserved = new Set([
  ...['host', 'user-agent', 'cookie', 'expect', 'te', 'trailer', 'upgrade', 'via', 'date', 'http2-settings'],
  ...['keep-alive', 'transfer-encoding', 'accept-encoding', 'forwarded', 'x-real-ip'],
  ...['x-http-method-override', 'x-http-method', 'x-method-override'],
])
const reservedPrefix = /^(webhook-|content-|connection|proxy-|x-forwarded-|sec-)/

const nameForm = /^[A-Za-z][A-Za-z0-9_-]*$/
const valueForm = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/** Many servers treat a name with underscores as the one with hyphens (RFC 3875, 4.1.18: `HTTP_WEBHOOK_ID`). */
const sameName = (name: string) => name.toLowerCase().replaceAll('_', '-')

/** Why headers are rejected. `name` is that of the header; undefined if it must not be returned to the caller. */
export interface HeaderProblem {
  name?: string
  message: string
}

/** Returns why an endpoint's own headers are rejected; undefined if they can be sent. No message contains a value. */
export function headerProblem(headers: Readonly<Record<string, unknown>>): HeaderProblem | undefined {
  const names = Object.keys(headers)
  if (names.length > headerLimits.count) return { message: `must have at most ${headerLimits.count} entries` }
  const seen = new Set<string>()
  for (const name of names) {
    const message = nameProblem(name)
    if (message) return nameForm.test(name) ? { name, message } : { message }
    if (seen.has(sameName(name))) return { name, message: 'must not be given twice' }
    seen.add(sameName(name))
    const problem = valueProblem(headers[name])
    if (problem) return { name, message: problem }
  }
  const bytes = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + String(value).length, 0)
  return bytes > headerLimits.bytes ? { message: `must be at most ${headerLimits.bytes} bytes in all` } : undefined
}

/** Returns whether a header describes the connection or the client, or is set by whoever sends the request. */
export const isReservedHeader = (name: string): boolean =>
  reserved.has(sameName(name)) || reservedPrefix.test(sameName(name))

function nameProblem(name: string): string | undefined {
  if (!nameForm.test(name)) return 'must have names of letters, digits, hyphens and underscores'
  if (name.length > headerLimits.name) return `must have names of at most ${headerLimits.name} characters`
  return isReservedHeader(name) ? 'is a header that the service sets, or refuses' : undefined
}

function valueProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a string'
  if (value.length > headerLimits.value) return `must be at most ${headerLimits.value} characters`
  return valueForm.test(value) ? undefined : 'must be printable ASCII without spaces at its ends'
}

/** Returns headers with their names in lowercase, sorted. */
export const canonicalHeaders = (headers: RequestHeaders): RequestHeaders =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  )
