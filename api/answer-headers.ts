import type { MiddlewareHandler } from 'hono'

/**
 * Sets the headers of every answer, also of errors and unknown paths: answers hold keys, setup links and personal data.
 * They are set before the call is handled, so that a handler can replace them. `hstsSeconds` is the time for which
 * browsers use https only (RFC 6797), which a service behind a proxy cannot know by itself.
 */
export function answerHeaders(hstsSeconds: number | undefined): MiddlewareHandler {
  const hsts = hstsSeconds === undefined ? undefined : `max-age=${hstsSeconds}`
  return (c, next) => {
    c.header('Cache-Control', 'no-store')
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('Vary', 'Authorization, x-api-key')
    if (hsts) c.header('Strict-Transport-Security', hsts)
    return next()
  }
}
