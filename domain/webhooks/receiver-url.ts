import type { AddressRules } from './address-rules.ts'

export const longestUrl = 2_000

/**
 * Returns why a URL cannot be that of a webhook endpoint, as an error that continues the field's name ("must …");
 * undefined if it can. Resolves no names: every connection is checked again when it is opened (receivers/connector.ts).
 */
export function receiverUrlProblem(text: string, rules: AddressRules): string | undefined {
  if (text.length > longestUrl) return `must have at most ${longestUrl} characters`
  // `URL` silently removes whitespace and control characters, and reads a backslash as a slash.
  if (!/^https?:\/\/[^/]/i.test(text) || /[\s\p{Cc}\p{Cf}\\]/u.test(text) || !URL.canParse(text))
    return 'must be a URL such as https://crm.example/hooks'
  const url = new URL(text)
  if (url.protocol === 'http:' && !rules.allowsNetworks)
    return 'must be https, except to networks that this service was told to allow'
  if (url.username || url.password || /^https?:\/\/[^/?#]*@/i.test(text)) return 'must not hold a user or password'
  if (text.includes('#')) return 'must not have a fragment (#)'
  const secure = url.protocol === 'https:'
  const port = Number(url.port === '' ? (secure ? 443 : 80) : url.port)
  if (!rules.allowsPort(port)) return 'must have port 443 or a port from 1024 to 65535'
  return hostProblem(url.hostname, (address) => rules.mayReach({ address, port, secure }), rules.allowsNetworks)
}

/** `hostname` is in the form of `URL`: IPv4 in dotted form however it was written, IPv6 in brackets. */
function hostProblem(hostname: string, mayReach: (address: string) => boolean, allowsNetworks: boolean) {
  const host = hostname.replace(/\.$/, '')
  const literal = /^\[(.*)\]$/.exec(host)?.[1] ?? (/^\d+\.\d+\.\d+\.\d+$/.test(host) ? host : undefined)
  // RFC 6761: these names are loopback, regardless of DNS.
  const isLocal = host === 'localhost' || host.endsWith('.localhost')
  const addresses = literal !== undefined ? [literal] : isLocal ? ['127.0.0.1', '::1'] : []
  if (addresses.length > 0 && !addresses.some(mayReach))
    return host === 'localhost' && !allowsNetworks ? noName : 'must not be an address of a private network'
  if (addresses.length > 0) return undefined
  if (!isHostName(host)) return hostRule
  return allowsNetworks || host.includes('.') ? undefined : noName
}

/** The limits of DNS (RFC 1035, 2.3.4) and the characters of host names; some names have underscores. */
const isHostName = (host: string) =>
  host.length <= 253 && host.split('.').every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label))
const hostRule =
  'must have a host name of letters, digits and hyphens, whose parts have 1 to 63 characters, at most 253 in all'

const noName = 'must have a full host name, such as crm.example'
