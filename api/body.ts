import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Failure, invalid } from '../domain/failures.ts'

const deepest = 24

const most = 1024 * 1024

function refuseLarge(c: Context): never {
  // The rest of the body is not read, so nothing else can come over this connection.
  c.header('Connection', 'close')
  throw new Failure('too_large', 'must be at most 1 MB', { param: 'body' })
}

const limitStream = bodyLimit({ maxSize: most, onError: refuseLarge })

/**
 * Refuses a body of more than 1 MB: 413. Only one of unknown length is counted as it comes: what was opened as a stream costs
 * a call a fifth of its time.
 */
export async function refuseLargeBody(c: Context): Promise<void> {
  if (c.req.header('Transfer-Encoding') !== undefined) await limitStream(c, async () => {})
  else if (Number(c.req.header('Content-Length') ?? 0) > most) refuseLarge(c)
}

/** The same before all that comes after it. */
export const limitBody: MiddlewareHandler = async (c, next) => {
  await refuseLargeBody(c)
  return next()
}

declare module 'hono' {
  interface ContextVariableMap {
    /** The body as it was read. */
    body: Record<string, unknown> | undefined
  }
}

/** Finds what PostgreSQL cannot keep or nobody should send: NUL, halves of a surrogate pair, too deep a nesting. */
function checkValue(value: unknown, path: string, depth: number): void {
  if (typeof value === 'string') {
    if (value.includes('\u0000') || !value.isWellFormed()) throw invalid(path, 'must be well-formed text without NUL')
  } else if (value !== null && typeof value === 'object') {
    if (depth > deepest) throw invalid(path.split('.')[0] ?? 'body', `must not be nested deeper than ${deepest} levels`)
    for (const [key, inner] of Object.entries(value)) {
      checkValue(key, path || 'body', depth)
      checkValue(inner, path ? `${path}.${key}` : key, depth + 1)
    }
  }
}

/** Reads a JSON object from the body, once. Throws a Failure that says what is wrong with it. */
export async function readJsonObject(c: Context): Promise<Record<string, unknown>> {
  const read = c.get('body')
  if (read) return read
  const body: unknown = await c.req.json().catch((error: unknown) => {
    throw error instanceof Failure ? error : invalid('body', 'must be valid JSON')
  })
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw invalid('body', 'must be a JSON object')
  checkValue(body, '', 0)
  c.set('body', body as Record<string, unknown>)
  return body as Record<string, unknown>
}
