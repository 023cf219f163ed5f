import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { embedOrigins, logoOrigin } from '../../domain/text/web-addresses.ts'
import type { BrowserSide } from '../../gateways/gateway.ts'

interface PolicyOptions {
  /** Those of the gateways that are offered on this page. */
  sides: BrowserSide[]
  logoUrls: (string | null)[]
  embedOrigins: string[] | 'any'
}

/** The lists of sources of a gateway. */
type SourceList = Exclude<keyof BrowserSide, 'publishableKey' | 'scriptUrl' | 'preconnects'>

const newNonce = () => randomBytes(16).toString('base64')
const logoOrigins = (urls: PolicyOptions['logoUrls']) => urls.flatMap((url) => logoOrigin(url) ?? [])
const join = (...sources: string[]) => [...new Set(sources)].join(' ')
const allOf = (sides: BrowserSide[], list: SourceList) => [...new Set(sides.flatMap((side) => side[list]))]

/**
 * Sets the headers of the hosted page: not stored, not indexed, no `Referer`, and no content except the page's own and
 * that of the offered gateways. Returns the nonce of the style with the brand's color.
 */
export function setPageHeaders(c: Context, options: PolicyOptions): string {
  const nonce = newNonce()
  c.header('Content-Security-Policy', contentSecurityPolicy(options, nonce))
  c.header('Permissions-Policy', permissionsPolicy(options.sides))
  setPrivateHeaders(c)
  return nonce
}

/** Returns the Content-Security-Policy of a page. Styles in the page need the nonce; no script in it runs. */
export function contentSecurityPolicy({ sides, logoUrls, embedOrigins: embedding }: PolicyOptions, nonce: string) {
  const own = (list: SourceList, ...more: string[]) => join("'self'", ...more, ...allOf(sides, list))
  return [
    "default-src 'none'",
    `script-src ${own('scriptSources')}`,
    `style-src ${own('styleSources', `'nonce-${nonce}'`)}`,
    `img-src ${own('imageSources', ...logoOrigins(logoUrls))}`,
    `connect-src ${own('connectSources')}`,
    `frame-src ${own('frameSources')}`,
    // For browsers without `frame-src`, and for workers.
    `child-src ${own('frameSources')}`,
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${embedding === 'any' ? '*' : join("'self'", ...embedOrigins(embedding))}`,
  ].join('; ')
}

/** Returns the Permissions-Policy of a page: payments in the frames of the offered gateways, and nothing else. */
export function permissionsPolicy(sides: BrowserSide[]): string {
  const origins = allOf(sides, 'paymentOrigins').map((origin) => `"${origin}"`)
  const payment = origins.length > 0 ? `(${['self', ...origins].join(' ')})` : '()'
  return `payment=${payment}, camera=(), microphone=(), geolocation=()`
}

/**
 * Lets the browser load the page's script, and connect to the hosts of the gateways, before it has read the page.
 * `sides`: those whose form is shown.
 */
export function setLinkHeader(c: Context, script: string, sides: BrowserSide[]): void {
  const hosts = [...new Set(sides.flatMap(({ preconnects }) => preconnects))]
  const links = [`<${script}>; rel=modulepreload`, ...hosts.map((host) => `<${host}>; rel=preconnect`)]
  c.header('Link', links.join(', '))
}

/** Sets the headers of a preview, whose script and style are in it. Returns the nonce of the style. */
export function setPreviewHeaders(c: Context, logoUrls: PolicyOptions['logoUrls']): string {
  const nonce = newNonce()
  const sources = [
    "default-src 'none'",
    'script-src data:',
    `style-src data: 'nonce-${nonce}'`,
    `img-src ${join('data:', ...logoOrigins(logoUrls))}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  c.header('Content-Security-Policy', sources.join('; '))
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
