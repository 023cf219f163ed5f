import type { MiddlewareHandler } from 'hono'

/**
 * Sets the headers of every response, including errors: responses contain keys, setup links and personal data. Handlers
 * can replace these headers. `hstsSeconds` is how long browsers must use only HTTPS (RFC 6797). A service behind a
 * proxy cannot know whether clients use HTTPS.
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
