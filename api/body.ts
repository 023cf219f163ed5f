import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Failure, invalid } from '../domain/failures.ts'
import { parseJsonObject } from './json-text.ts'

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

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Refuses a body that is compressed, or says that it has another charset than UTF-8: 415. */
function checkContentHeaders(c: Context): void {
  const refuse = (param: string, message: string) => new Failure('unsupported_media_type', message, { param })
  if (!/^(identity)?$/i.test(c.req.header('Content-Encoding')?.trim() ?? '')) {
    c.header('Accept-Encoding', 'identity')
    throw refuse('Content-Encoding', 'must not be given: a body is read as it is, and not decompressed')
  }
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(c.req.header('Content-Type') ?? '')?.[1]
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    throw refuse('Content-Type', 'must be application/json, with no charset but utf-8')
}

/**
 * Reads a JSON object from the body, once. What reads the body later gets the text that was checked here. Throws a
 * Failure that says what is wrong with it.
 */
export async function readJsonObject(c: Context): Promise<Record<string, unknown>> {
  const read = c.get('body')
  if (read) return read
  checkContentHeaders(c)
  const body = parseJsonObject(await readText(c))
  c.set('body', body)
  return body
}

async function readText(c: Context): Promise<string> {
  const bytes = await c.req.arrayBuffer().catch((error: unknown) => {
    throw error instanceof Failure ? error : invalid('body', 'could not be read to its end')
  })
  try {
    const text = utf8.decode(bytes)
    // Typed as the text itself; what is read from it is a promise.
    c.req.bodyCache.text = Promise.resolve(text) as never
    return text
  } catch {
    throw invalid('body', 'must be UTF-8')
  }
}

/** Whether a request has a body that is read. */
export const hasBody = (c: Context): boolean =>
  c.req.method !== 'GET' &&
  ((c.req.header('Content-Length') ?? '0') !== '0' || c.req.header('Transfer-Encoding') !== undefined)
