import { whyNotText } from './free-text.ts'

// RFC 5321, 4.1.2: an unquoted local part; RFC 6531 adds all letters beyond ASCII.
const localPart = /^[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+(\.[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+)*$/u
// RFC 1123, 2.1, and RFC 5890: two labels or more, each without a hyphen at its ends; the last one is no number.
const label = String.raw`[\p{L}\p{M}\p{Nd}](?:[\p{L}\p{M}\p{Nd}\u200c\u200d·-]*[\p{L}\p{M}\p{Nd}])?`
const domainName = new RegExp(String.raw`^(?:${label}\.)+(?!\d+$)${label}$`, 'u')

const octets = (text: string) => new TextEncoder().encode(text).length

/** The domain in ASCII (UTS #46), as it is where it is ASCII already; undefined where it cannot be one. */
function toAscii(domain: string): string | undefined {
  if (!domainName.test(domain) || !URL.canParse(`https://${domain}`)) return undefined
  const ascii = new URL(`https://${domain}`).hostname
  if (ascii.length > 253 || ascii.split('.').some((part) => part.length > 63)) return undefined
  return ascii === domain.toLowerCase() ? domain : ascii
}

/**
 * Returns an e-mail address as it is stored and sent: the local part in NFC, the domain in ASCII (`xn--…`), which is
 * what Stripe takes and the pattern of PayPal's documents asks for. Undefined for what RFC 5321 and 6531 do not allow
 * without quotes, and for more than `most` octets in all. The 64 octets of the RFC before the @ are not enforced:
 * documents of the doors have one limit for the whole.
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
