import { Hono } from 'hono'
import { ErrorsPage } from './errors-page.tsx'
import { llmsText } from './llms.ts'
import { ReferencePage, type ShownDocument } from './reference-page.tsx'
import { serveAsset } from '../assets/serve-asset.ts'
import { httpStatus } from '../errors/http-status.ts'
import type { DocumentPace } from '../call/limits/document-pace.ts'
import { storedDocument } from '../assets/stored-document.ts'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Cache policy of documents: stored, and revalidated before each use, as a new version may change them. */
export const revalidated = 'public, no-cache'

const page = {
  type: 'text/html; charset=UTF-8',
  cacheControl: revalidated,
  headers: { 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' },
}

/**
 * Returns `/docs`, which shows the OpenAPI document, `/docs/errors`, which explains each error code, and `/llms.txt`.
 * The pages load nothing from other hosts. `makeDocument` is called at the first request. `anchors` are links to codes
 * that doors put into their errors, by code.
 */
export function reference(pace: DocumentPace, makeDocument: () => object, anchors: Record<string, string>): Hono {
  const app = new Hono()
  const style = serveAsset(app, 'reference.css', { pace })
  const script = serveAsset(app, 'reference.js', { pace })
  const shown = () => makeDocument() as ShownDocument
  app.get(
    '/docs',
    storedDocument(() => String(<ReferencePage document={shown()} styles={[style]} scripts={[script]} />), {
      ...page,
      pace,
    }),
  )
  app.get(
    '/docs/errors',
    storedDocument(() => String(<ErrorsPage styles={[style]} statuses={httpStatus} anchors={anchors} />), {
      ...page,
      pace,
    }),
  )
  app.get(
    '/llms.txt',
    storedDocument(() => llmsText(shown()), { type: 'text/plain; charset=UTF-8', cacheControl: revalidated, pace }),
  )
  return app
}
