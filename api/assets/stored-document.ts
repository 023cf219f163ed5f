import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'hono'
import { acceptedEncoding, compressed, type Encoding } from './compression.ts'
import { longestWait, type DocumentPace } from '../call/limits/document-pace.ts'

interface Options {
  type: string
  cacheControl: string
  headers?: Record<string, string>
  /** Limits the rate of documents. Undefined for files that a customer's page needs: they are sent without a wait. */
  pace?: DocumentPace | undefined
  /** Whether it is sent compressed to clients that accept that. It is compressed as soon as it is made. */
  compresses?: boolean
}

/** The text as one encoding sends it. Each has its own ETag (RFC 9110, section 8.8.1). */
interface Stored {
  body: Uint8Array<ArrayBuffer>
  etag: string
  headers: Record<string, string>
}
type StoredText = { plain: Stored } & Partial<Record<Encoding, Stored>>

/**
 * Returns a handler that serves a text, which `make` returns at the first request. The rate is limited, so that
 * documents take a small part of the process: requests above it wait, and return 503 after 2 seconds. Returns 304 if
 * `If-None-Match` names the current version (RFC 9110, section 13.1.2).
 */
export function storedDocument(
  make: () => string,
  { type, cacheControl, headers = {}, pace, compresses = false }: Options,
) {
  let stored: StoredText | undefined

  return async (c: Context): Promise<Response> => {
    const { plain, ...encoded } = (stored ??= store(make(), compresses))
    const encoding = compresses ? acceptedEncoding(c.req.header('Accept-Encoding')) : undefined
    const { body, etag, headers: own } = (encoding && encoded[encoding]) ?? plain
    const common = { ...headers, 'Cache-Control': cacheControl, ETag: etag }
    // Equal for all clients, so shared caches may store one copy of each encoding.
    c.header('Vary', compresses ? 'Accept-Encoding' : undefined)
    if (isKnown(c.req.header('If-None-Match'), etag)) return c.body(null, 304, common)
    const whole = { ...common, ...own, 'Content-Type': type }
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
function store(text: string, compresses: boolean): StoredText {
  const hash = createHash('sha256').update(text).digest('base64url')
  const plain = { body: new TextEncoder().encode(text), etag: `"${hash}"`, headers: {} }
  if (!compresses) return { plain }
  const as = (encoding: Encoding, body: Uint8Array<ArrayBuffer>): Stored => ({
    body,
    etag: `"${hash}-${encoding}"`,
    headers: { 'Content-Encoding': encoding },
  })
  const { br, gzip } = compressed(text)
  return { plain, br: as('br', br), gzip: as('gzip', gzip) }
}

/** Weak comparison, because a proxy that compresses a document makes its tag weak. */
const isKnown = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === etag)
