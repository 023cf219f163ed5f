import { createHash } from 'node:crypto'
import type { Context } from 'hono'

interface Options {
  type: string
  cacheControl: string
  headers?: Record<string, string>
}

/**
 * Returns a handler that serves a text which `make` writes at the first request. Later requests cost only the sending.
 * Returns 304 when `If-None-Match` names the current version (RFC 9110, section 13.1.2).
 */
export function storedDocument(make: () => string, { type, cacheControl, headers = {} }: Options) {
  let stored: { body: Uint8Array<ArrayBuffer>; etag: string } | undefined

  return (c: Context): Response => {
    const { body, etag } = (stored ??= store(make()))
    const common = { ...headers, 'Cache-Control': cacheControl, ETag: etag }
    // The same for everybody: shared caches may keep one copy.
    c.header('Vary', undefined)
    if (isKnown(c.req.header('If-None-Match'), etag)) return c.body(null, 304, common)
    return c.body(body, 200, { ...common, 'Content-Type': type })
  }
}

/** Bytes, so that no request encodes the text again. */
function store(text: string) {
  const body = new TextEncoder().encode(text)
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` }
}

/** Weak comparison: a proxy that compresses a document makes its tag a weak one. */
const isKnown = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === etag)
