import { createHmac } from 'node:crypto'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import ipaddr from 'ipaddr.js'

/** Where a request comes from. Proxies that are trusted are believed about whom they speak for, and nobody else is. */
function addressOf(c: Context, trustedProxies: string[]): string | undefined {
  const forwarded = (c.req.header('X-Forwarded-For') ?? '').split(',').map((part) => part.trim())
  let address = getConnInfo(c).remote.address
  while (address && isTrusted(address, trustedProxies) && forwarded.length > 0) address = forwarded.pop() || address
  return address
}

function isTrusted(address: string, trustedProxies: string[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return trustedProxies.some((proxy) => {
    const [network, bits] = ipaddr.isValidCIDR(proxy) ? ipaddr.parseCIDR(proxy) : rangeOfOne(proxy)
    return network !== undefined && network.kind() === parsed.kind() && parsed.match([network, bits] as never)
  })
}

function rangeOfOne(proxy: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | [undefined, 0] {
  if (!ipaddr.isValid(proxy)) return [undefined, 0]
  const parsed = ipaddr.process(proxy)
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128]
}

const shared = new Set(['loopback', 'private', 'uniqueLocal', 'linkLocal', 'unspecified'])

/**
 * Tells callers apart without keeping their address: a keyed hash of it, of the /64 where it is IPv6, as one customer has
 * all of that. Undefined where it is not known, or not a customer's own: a private address is that of a proxy which nobody
 * named as trusted, and everybody would share its count.
 */
export function addressHash(
  c: Context,
  { trustedProxies, secret }: { trustedProxies: string[]; secret: string },
): string | undefined {
  const address = addressOf(c, trustedProxies)
  if (!address || !ipaddr.isValid(address)) return undefined
  const parsed = ipaddr.process(address)
  if (shared.has(parsed.range())) return undefined
  const network =
    parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toNormalizedString().split(':').slice(0, 4).join(':')
  return createHmac('sha256', secret).update(`address ${network}`).digest('base64url')
}
