import { Hono } from 'hono'
import { ErrorsPage, ReferencePage } from './reference.tsx'
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
 * Returns `/docs`, which shows the OpenAPI document, and `/docs/errors`, which explains each error code. Both load
 * nothing from other hosts. `anchors` are links to codes that doors put into their errors, by code.
 */
export function reference(pace: DocumentPace, anchors: Record<string, string>): Hono {
  const app = new Hono()
  const style = serveAsset(app, 'reference.css', pace)
  const swagger = serveAsset(app, 'swagger-ui.css', pace)
  const scripts = ['swagger-ui-bundle.js', 'reference-start.js'].map((name) => serveAsset(app, name, pace))
  app.get(
    '/docs',
    storedDocument(() => String(<ReferencePage styles={[style, swagger]} scripts={scripts} />), { ...page, pace }),
  )
  app.get(
    '/docs/errors',
    storedDocument(() => String(<ErrorsPage styles={[style]} statuses={httpStatus} anchors={anchors} />), {
      ...page,
      pace,
    }),
  )
  return app
}
