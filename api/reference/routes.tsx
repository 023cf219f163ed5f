import { Hono, type Context } from 'hono'
import { ErrorsPage, ReferencePage } from '../../page/reference.tsx'
import { serveAsset } from '../assets.ts'
import { httpStatus } from '../http-status.ts'

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

function setHeaders(c: Context): void {
  c.header('Content-Security-Policy', policy)
  c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Content-Type-Options', 'nosniff')
}

/** `/docs` shows the OpenAPI document, `/docs/errors` what each code means. Both load nothing from elsewhere. */
export function reference(): Hono {
  const app = new Hono()
  const style = serveAsset(app, 'reference.css')
  const swagger = serveAsset(app, 'swagger-ui.css')
  const scripts = ['swagger-ui-bundle.js', 'reference-start.js'].map((name) => serveAsset(app, name))
  app.get('/docs', (c) => {
    setHeaders(c)
    return c.html(<ReferencePage styles={[style, swagger]} scripts={scripts} />)
  })
  app.get('/docs/errors', (c) => {
    setHeaders(c)
    return c.html(<ErrorsPage styles={[style]} statuses={httpStatus} />)
  })
  return app
}
