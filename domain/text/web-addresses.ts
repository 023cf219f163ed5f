// Addresses that organizations give and that go into the Content-Security-Policy of the hosted page. One reader for
// each, for what is set and for what was stored before there was a rule: what it does not accept is left out of the
// page.

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const labels = new RegExp(`^${label}(?:\\.${label})*$`, 'i')

/**
 * Whether both CSP and `postMessage` understand a host as it was written: labels of letters, digits and inner hyphens,
 * at most 253 characters (RFC 1123). No wildcard, no IPv6, other alphabets as punycode, no dot at the end, and an IPv4
 * address in its usual form, because `URL` reads `0x7f000001` as one, too.
 */
const isHost = (written: string, read: URL) =>
  labels.test(written) && written.length <= 253 && read.hostname === written.toLowerCase()

/** Blanks and control characters, which `URL` removes from the text that it reads. */
const hasInvisible = (text: string) => /[\s\p{Cc}\p{Cf}]/u.test(text)

/** Why a text is no logo address, as a rule. */
export const logoRule =
  'must be an https URL whose host has only letters, digits, dots and hyphens (other alphabets as punycode)'

/** Returns the origin that the image of a logo is loaded from; undefined where the address cannot be used. */
export function logoOrigin(address: string | null): string | undefined {
  if (address === null || hasInvisible(address) || !URL.canParse(address)) return undefined
  const read = new URL(address)
  const written = /^https:\/\/([^/?#:]+)/i.exec(address)?.[1] ?? ''
  return read.username === '' && read.password === '' && isHost(written, read) ? read.origin : undefined
}

/**
 * Returns the origin that may show the page in a frame, as browsers write it: `https://app.example`, with the port
 * where it is not the usual one. Undefined where the text is none.
 */
export function embedOrigin(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 255) return undefined
  const [, written = ''] = /^https?:\/\/([^/?#:]+)(?::\d{1,5})?$/i.exec(text) ?? []
  if (!URL.canParse(text)) return undefined
  const read = new URL(text)
  return isHost(written, read) ? read.origin : undefined
}

/** They all go into one header of the page. */
export const mostEmbedOrigins = 20

/** Returns the usable ones of the origins that an organization has set, each once. */
export function embedOrigins(set: unknown): string[] {
  const usable = Array.isArray(set) ? set.map(embedOrigin).filter((origin) => origin !== undefined) : []
  return [...new Set(usable)].slice(0, mostEmbedOrigins)
}
