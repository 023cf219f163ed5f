import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { embedOrigins, logoOrigin } from '../../domain/text/web-addresses.ts'
import type { BrowserSide } from '../../gateways/gateway.ts'

const join = (...sources: string[]) => [...new Set(sources)].join(' ')

/**
 * Headers of the hosted page: never stored, never indexed, its address told to nobody, and nothing loaded but ourselves
 * and the gateways that are configured. Answers the nonce of the one style that carries the brand's colour.
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

/** What the page and each of its calls have in common. */
export function setPrivateHeaders(c: Context): void {
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Robots-Tag', 'noindex')
  c.header('X-Content-Type-Options', 'nosniff')
}
