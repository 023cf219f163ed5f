import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { embedOrigins, logoOrigin } from '../../domain/text/web-addresses.ts'
import type { BrowserSide } from '../../gateways/gateway.ts'

const join = (...sources: string[]) => [...new Set(sources)].join(' ')

/**
 * Sets the headers of the hosted page: not stored, not indexed, no `Referer`, and no content except the page's own and
 * that of the configured gateways. Returns the nonce of the style with the brand's color.
 */
export function setPageHeaders(
  c: Context,
  options: { sides: BrowserSide[]; logoUrl: string | null; embedOrigins: string[] | 'any' },
): string {
  const nonce = randomBytes(16).toString('base64')
  const logo = logoOrigin(options.logoUrl)
  const policy = [
    "default-src 'none'",
    `script-src ${join("'self'", ...options.sides.flatMap((side) => side.scriptSources))}`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src ${join("'self'", ...(logo ? [logo] : []))}`,
    `connect-src ${join("'self'", ...options.sides.flatMap((side) => side.connectSources))}`,
    `frame-src ${join("'self'", ...options.sides.flatMap((side) => side.frameSources))}`,
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${options.embedOrigins === 'any' ? '*' : join("'self'", ...embedOrigins(options.embedOrigins))}`,
  ]
  c.header('Content-Security-Policy', policy.join('; '))
  setPrivateHeaders(c)
  return nonce
}

/** Sets the headers that the page and its calls have in common. */
export function setPrivateHeaders(c: Context): void {
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Robots-Tag', 'noindex')
  c.header('X-Content-Type-Options', 'nosniff')
}
