import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Failure, invalid } from '../../domain/failure/failures.ts'
import { checkJson, parseJson } from './json-text.ts'

const most = 1024 * 1024

function refuseLarge(c: Context, size: string): never {
  // The rest of the body is not read, so nothing else can come over this connection.
  c.header('Connection', 'close')
  throw new Failure('too_large', `must be at most ${size}`, { param: 'body' })
}

/**
 * Refuses a body of more than `bytes`, which the refusal calls `size`: 413. Only one of unknown length is counted as it
 * comes: what was opened as a stream costs a call a fifth of its time.
 */
function limitTo(bytes: number, size: string): (c: Context) => Promise<void> {
  const limitStream = bodyLimit({ maxSize: bytes, onError: (c) => refuseLarge(c, size) })
  return async (c) => {
    if (c.req.header('Transfer-Encoding') !== undefined) await limitStream(c, async () => {})
    else if (Number(c.req.header('Content-Length') ?? 0) > bytes) refuseLarge(c, size)
  }
}

/** Refuses a body of more than 1 MB. */
export const refuseLargeBody = limitTo(most, '1 MB')

/** The same before all that comes after it. */
export const limitBody: MiddlewareHandler = async (c, next) => {
  await refuseLargeBody(c)
  return next()
}

const refuseLargerThanForms = limitTo(16 * 1024, '16 KB')

/** Refuses a body of more than 16 KB: no call of the hosted page has more to say, and a link is in many hands. */
export const limitFormBody: MiddlewareHandler = async (c, next) => {
  await refuseLargerThanForms(c)
  return next()
}

declare module 'hono' {
  interface ContextVariableMap {
    /** The body as it was read. */
    body: Record<string, unknown> | undefined
    /** The same before its values were checked. */
    uncheckedBody: Record<string, unknown> | undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Refuses a body that is compressed, or says that it has another charset than UTF-8: 415. */
function checkContentHeaders(c: Context): void {
  const refuse = (param: string, message: string) => new Failure('unsupported_media_type', message, { param })
  if (!/^(identity)?$/i.test(c.req.header('Content-Encoding')?.trim() ?? '')) {
    c.header('Accept-Encoding', 'identity')
    throw refuse('Content-Encoding', 'must not be set: compressed bodies are not supported')
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
  const body = await readUncheckedObject(c)
  checkJson(await c.req.text())
  c.set('body', body)
  return body
}

/**
 * Reads the body for the credential in it, and nothing else: the checks of its values cost ten times as much, and come
 * once the caller is known. Throws as `parseJson`.
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
