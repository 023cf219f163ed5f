import { whyNotText } from './free-text.ts'

// RFC 5321, 4.1.2: an unquoted local part; RFC 6531 adds all letters beyond ASCII.
const localPart = /^[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+(\.[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+)*$/u
// RFC 1123, 2.1, and RFC 5890: two or more labels without leading or trailing hyphens; the last one is not a number.
const label = String.raw`[\p{L}\p{M}\p{Nd}](?:[\p{L}\p{M}\p{Nd}\u200c\u200d·-]*[\p{L}\p{M}\p{Nd}])?`
const domainName = new RegExp(String.raw`^(?:${label}\.)+(?!\d+$)${label}$`, 'u')

const octets = (text: string) => new TextEncoder().encode(text).length

/** Returns a domain in ASCII (UTS #46), unchanged if it is ASCII already; undefined if it is not a valid domain. */
function toAscii(domain: string): string | undefined {
  if (!domainName.test(domain) || !URL.canParse(`https://${domain}`)) return undefined
  const ascii = new URL(`https://${domain}`).hostname
  if (ascii.length > 253 || ascii.split('.').some((part) => part.length > 63)) return undefined
  return ascii === domain.toLowerCase() ? domain : ascii
}

/**
 * Returns an email address as it is stored and sent: the local part in NFC, the domain in ASCII (`xn--…`), as Stripe
 * and PayPal require. Returns undefined if RFC 5321 and 6531 do not allow it without quotes, or it is longer than
 * `most` octets. The 64-octet limit of the local part is not enforced: the doors document only a total limit.
 */
export function toEmail(text: string, most = 254): string | undefined {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at).normalize('NFC')
  if (at < 1 || !localPart.test(local) || whyNotText(local, 'id')) return undefined
  const domain = toAscii(text.slice(at + 1).normalize('NFC'))
  if (domain === undefined) return undefined
  const address = `${local}@${domain}`
  return octets(address) <= most ? address : undefined
}
