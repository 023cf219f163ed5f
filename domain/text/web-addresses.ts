import { whyNotText } from './free-text.ts'

// Addresses that organizations provide for the hosted page, its links and its Content-Security-Policy. The same
// function checks new values and values stored before the rule existed. The page omits an address that it rejects.

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const labels = new RegExp(`^${label}(?:\\.${label})*$`, 'i')

/**
 * Returns whether CSP and `postMessage` both accept a host as written: labels of letters, digits and inner hyphens, at
 * most 253 characters (RFC 1123). No wildcard, IPv6 or trailing dot, non-ASCII names in punycode, and IPv4 addresses in
 * dotted form, because `URL` also accepts `0x7f000001`.
 */
const isHost = (written: string, read: URL) =>
  labels.test(written) && written.length <= 253 && read.hostname === written.toLowerCase()

/** Whitespace, control and other invisible characters, some of which `URL` silently removes. */
const hasInvisible = (text: string) => /[\s\p{Cf}]/u.test(text) || whyNotText(text, 'id') !== undefined

/** Hosts that browsers treat as secure without TLS (https://www.w3.org/TR/secure-contexts/#localhost). */
const isLoopback = (host: string) => /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+)$/.test(host)

/**
 * Returns an https URL without user or password, or an http URL of the developer's own machine. Returns undefined for
 * any other text, and for one that `URL` would read differently from how it is written.
 */
function readAddress(address: string): URL | undefined {
  if (hasInvisible(address) || !URL.canParse(address)) return undefined
  const read = new URL(address)
  const written = /^https?:\/\/([^/?#:]+)/i.exec(address)?.[1] ?? ''
  const isSecure = read.protocol === 'https:' || isLoopback(read.hostname)
  return isSecure && read.username === '' && read.password === '' && isHost(written, read) ? read : undefined
}

const hostRule = 'whose host has only letters, digits, dots and hyphens (non-ASCII host names in punycode)'

/** The rule for logo addresses. */
export const logoRule = `must be an https URL ${hostRule}`

/** Returns the origin from which a logo is loaded; undefined if the address is not allowed. */
export function logoOrigin(address: string | null): string | undefined {
  const read = address === null ? undefined : readAddress(address)
  return read?.protocol === 'https:' ? read.origin : undefined
}

/** The rule for addresses that the page links to. */
export const linkRule = `must be an https URL ${hostRule}, without user or password; http only for localhost`
export const longestLink = 2000

/** Returns whether the page may link or redirect to an address, apart from its length. */
export const isLinkAddress = (address: string): boolean => readAddress(address) !== undefined

/**
 * Returns an origin that may embed the page, in the browser's form: `https://app.example`, with a port if it is not the
 * default. Returns undefined if the text is not such an origin. Without TLS, others in the network could change the
 * page around ours, so `http` is for the developer's own machine only.
 */
export function embedOrigin(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 255) return undefined
  return /^https?:\/\/[^/?#:]+(?::\d{1,5})?$/i.test(text) ? readAddress(text)?.origin : undefined
}

/** Returns the origin that a caller most likely meant by a text that is none: its host in punycode, without a path. */
export function suggestedOrigin(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 255) return undefined
  const visible = text.replace(/[\s\p{C}]/gu, '')
  const address = /^[^/:]+\.[^/:]+(?::\d+)?(?:\/|$)/.test(visible) ? `https://${visible}` : visible
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined
  const { origin, host } = new URL(address)
  return [origin, `https://${host.replace(/\.(?=:|$)/, '')}`].find((each) => embedOrigin(each) === each)
}

/** Bounded because all of them go into one header of the page. */
export const mostEmbedOrigins = 20

/** Returns the valid origins of a stored setting, without duplicates. */
export function embedOrigins(set: unknown): string[] {
  const usable = Array.isArray(set) ? set.map(embedOrigin).filter((origin) => origin !== undefined) : []
  return [...new Set(usable)].slice(0, mostEmbedOrigins)
}
