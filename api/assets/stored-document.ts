import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'hono'
import { longestWait, type DocumentPace } from '../call/limits/document-pace.ts'

interface Options {
  type: string
  cacheControl: string
  headers?: Record<string, string>
  /** Limits the rate of documents. Undefined for files that a customer's page needs: they are sent without a wait. */
  pace?: DocumentPace | undefined
}

/**
 * Returns a handler that serves a text, which `make` returns at the first request. The rate is limited, so that
 * documents take a small part of the process: requests above it wait, and return 503 after 2 seconds. Returns 304 if
 * `If-None-Match` names the current version (RFC 9110, section 13.1.2).
 */
export function storedDocument(make: () => string, { type, cacheControl, headers = {}, pace }: Options) {
  let stored: { body: Uint8Array<ArrayBuffer>; etag: string } | undefined

  return async (c: Context): Promise<Response> => {
    const { body, etag } = (stored ??= store(make()))
    const common = { ...headers, 'Cache-Control': cacheControl, ETag: etag }
    // Equal for all clients, so shared caches may store one copy.
    c.header('Vary', undefined)
    if (isKnown(c.req.header('If-None-Match'), etag)) return c.body(null, 304, common)
    const whole = { ...common, 'Content-Type': type }
    if (c.req.method === 'HEAD') return c.body(null, 200, { ...whole, 'Content-Length': String(body.length) })
    const wait = pace?.(body.length) ?? 0
    if (wait > longestWait) return refuse(c)
    if (wait > 0) await sleep(wait)
    return c.body(body, 200, whole)
  }
}

function refuse(c: Context): Response {
  c.header('Retry-After', String(longestWait / 1000))
  return c.json({ error: { code: 'unavailable', message: 'too many requests for documents; try again' } }, 503)
}

/** Returns the text as bytes with its ETag, so that it is encoded only once. */
function store(text: string) {
  const body = new TextEncoder().encode(text)
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` }
}

/** Weak comparison, because a proxy that compresses a document makes its tag weak. */
const isKnown = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === etag)
