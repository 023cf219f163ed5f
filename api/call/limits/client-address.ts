import { createHmac } from 'node:crypto'
import { isIP } from 'node:net'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import ipaddr from 'ipaddr.js'
import type { Logger } from '../../../runtime/log.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Hops of X-Forwarded-For that are read, from the right. The client can write any number of hops on the left. */
const mostHops = 20

/**
 * Parses an address as proxies write it: with a port (Azure), in brackets, in quotes (RFC 7239). Returns undefined for
 * other texts, such as `unknown`.
 */
function parseAddress(text: string | undefined): Address | undefined {
  const bare = (text ?? '').trim().replace(/^"(.*)"$/, '$1')
  const [, bracketed, withPort] = /^\[(.+)\](?::\d+)?$|^([^:]+):\d+$/.exec(bare) ?? []
  const address = bracketed ?? withPort ?? bare
  return isIP(address) === 0 ? undefined : ipaddr.process(address)
}

/** Returns the source of a request: the first address, from the right, that does not belong to a trusted proxy. */
function addressOf(c: Context, trustedProxies: string[]): { address: Address | undefined; isForwarded: boolean } {
  const forwarded = (c.req.header('X-Forwarded-For') ?? '').split(',').filter((part) => part.trim() !== '')
  let address = parseAddress(getConnInfo(c).remote.address)
  for (const part of forwarded.slice(-mostHops).toReversed()) {
    if (!address || !isTrusted(address, trustedProxies)) break
    address = parseAddress(part)
  }
  return { address, isForwarded: forwarded.length > 0 }
}

function isTrusted(address: Address, trustedProxies: string[]): boolean {
  return trustedProxies.some((proxy) => {
    const [network, bits] = ipaddr.isValidCIDR(proxy) ? ipaddr.parseCIDR(proxy) : rangeOfOne(proxy)
    return network !== undefined && network.kind() === address.kind() && address.match([network, bits] as never)
  })
}

function rangeOfOne(proxy: string): [Address, number] | [undefined, 0] {
  if (!ipaddr.isValid(proxy)) return [undefined, 0]
  const parsed = ipaddr.process(proxy)
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128]
}

/** Returns what one customer has: an IPv4 address, a /64 of IPv6, or the /48 that 6to4 derives from an IPv4 address. */
function networkOf(address: Address): string {
  if (address.kind() === 'ipv4') return address.toString()
  const groups = address.range() === '6to4' ? 3 : 4
  return address.toNormalizedString().split(':').slice(0, groups).join(':')
}

const shared = new Set(['private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat', 'unspecified'])

/** Warns once if TRUSTED_PROXIES seems forgotten: all customers behind the proxy share the limits of one address. */
function warnOnce(d: AddressDependencies, address: Address, isForwarded: boolean): void {
  const range = address.range()
  const isProxy = shared.has(range) || (range === 'loopback' && isForwarded)
  if (!isProxy || d.trustedProxies.length > 0 || d.state.proxyWarning.logged) return
  d.state.proxyWarning.logged = true
  d.log.warn(
    { proxy: address.toString() },
    'TRUSTED_PROXIES is empty and calls come from a private address: all customers behind it count as one address',
  )
}

export interface AddressDependencies {
  trustedProxies: string[]
  setupLinkSecrets: string[]
  log: Pick<Logger, 'warn'>
  state: { proxyWarning: { logged: boolean } }
}

/**
 * Returns a keyed hash of the client's address (IPv6: of its network), so that the address itself is not stored. All
 * unreadable addresses have one hash. Returns undefined for direct calls from this machine.
 */
export function addressHash(c: Context, d: AddressDependencies): string | undefined {
  const { address, isForwarded } = addressOf(c, d.trustedProxies)
  if (address) warnOnce(d, address, isForwarded)
  if (address?.range() === 'loopback' && !isForwarded) return undefined
  const counted = address ? networkOf(address) : 'unknown'
  return createHmac('sha256', d.setupLinkSecrets[0]!).update(`address ${counted}`).digest('base64url')
}
