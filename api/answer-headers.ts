import type { MiddlewareHandler } from 'hono'

/**
 * Returns the headers of every response: responses contain keys, setup links and personal data. `hstsSeconds` is how
 * long browsers must use only HTTPS (RFC 6797). A service behind a proxy cannot know whether clients use HTTPS.
 */
export const headersOfAll = (hstsSeconds: number | undefined): Record<string, string> => ({
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  Vary: 'Authorization, x-api-key',
  ...(hstsSeconds === undefined ? {} : { 'Strict-Transport-Security': `max-age=${hstsSeconds}` }),
})

/** Sets the headers of every response, including errors. Handlers can replace them. */
export function answerHeaders(hstsSeconds: number | undefined): MiddlewareHandler {
  const headers = Object.entries(headersOfAll(hstsSeconds))
  return (c, next) => {
    for (const [name, value] of headers) c.header(name, value)
    return next()
  }
}
