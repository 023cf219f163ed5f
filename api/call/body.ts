import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Failure, invalid } from '../../domain/failure/failures.ts'
import { checkJson, parseJson } from './json-text.ts'

function refuseLarge(c: Context, size: string): never {
  // The rest of the body is not read, so the connection cannot carry another request.
  c.header('Connection', 'close')
  throw new Failure('too_large', `must be at most ${size}`, { param: 'body' })
}

/**
 * Rejects a body of more than `bytes` with 413; the message has `size`. Only a body of unknown length is counted while
 * it arrives: opening the stream of every body costs a fifth of a call's time.
 */
function limitTo(bytes: number, size: string): MiddlewareHandler {
  const limitStream = bodyLimit({ maxSize: bytes, onError: (c) => refuseLarge(c, size) })
  return async (c, next) => {
    if (c.req.header('Transfer-Encoding') !== undefined) return limitStream(c, next)
    if (Number(c.req.header('Content-Length') ?? 0) > bytes) refuseLarge(c, size)
    await next()
  }
}

/** Rejects a body of more than 1 MB. */
export const limitBody = limitTo(1024 * 1024, '1 MB')

/** Rejects a body of more than 16 KB: no call of the hosted page needs more, and anyone can have a link. */
export const limitFormBody = limitTo(16 * 1024, '16 KB')

declare module 'hono' {
  interface ContextVariableMap {
    /** The parsed body. */
    body: Record<string, unknown> | undefined
    /** The parsed body before its values are validated. */
    uncheckedBody: Record<string, unknown> | undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Returns the charset that a Content-Type declares, in lowercase. */
export const charsetOf = (contentType: string): string | undefined =>
  /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(contentType)?.[1]?.toLowerCase()

/** Rejects a body that is compressed, or declares another charset than UTF-8, with 415. */
function checkContentHeaders(c: Context): void {
  const refuse = (param: string, message: string) => new Failure('unsupported_media_type', message, { param })
  if (!/^(identity)?$/i.test(c.req.header('Content-Encoding')?.trim() ?? '')) {
    c.header('Accept-Encoding', 'identity')
    throw refuse('Content-Encoding', 'must not be set: compressed bodies are not supported')
  }
  const charset = charsetOf(c.req.header('Content-Type') ?? '')
  if (charset !== undefined && !/^utf-?8$/.test(charset))
    throw refuse('Content-Type', 'must be application/json with no charset other than utf-8')
}

/**
 * Reads and validates the JSON object in the body, once; later readers of the body get the same text. Throws a Failure
 * that names the invalid field.
 */
export async function readJsonObject(c: Context): Promise<Record<string, unknown>> {
  const read = c.get('body')
  if (read) return read
  const body = await readUncheckedObject(c)
  checkJson(await c.req.text())
  c.set('body', body)
  return body
}

/**
 * Reads the body without validating its values, for the credential in it. Validation costs ten times as much, so it
 * waits until the caller is known. Throws like `parseJson`.
 */
export async function readUncheckedObject(c: Context): Promise<Record<string, unknown>> {
  const parsed = c.get('uncheckedBody')
  if (parsed) return parsed
  checkContentHeaders(c)
  const body = parseJson(await readText(c))
  c.set('uncheckedBody', body)
  return body
}

async function readText(c: Context): Promise<string> {
  const bytes = await c.req.arrayBuffer().catch((error: unknown) => {
    throw error instanceof Failure ? error : invalid('body', 'could not be read completely')
  })
  try {
    const text = utf8.decode(bytes)
    // The type says string, but Hono reads a promise.
    c.req.bodyCache.text = Promise.resolve(text) as never
    return text
  } catch {
    throw invalid('body', 'must be UTF-8')
  }
}

/** Returns whether a request has a body that must be read. */
export const hasBody = (c: Context): boolean =>
  c.req.method !== 'GET' &&
  ((c.req.header('Content-Length') ?? '0') !== '0' || c.req.header('Transfer-Encoding') !== undefined)
