import { createHmac } from 'node:crypto'
import { isIP } from 'node:net'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import ipaddr from 'ipaddr.js'
import type { Logger } from '../../../runtime/log.ts'
import type { AddressHashes } from '../../../domain/payment/address-hashes.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Hops of X-Forwarded-For that are read, from the right. The client can write any number of hops on the left. */
const mostHops = 20

/**
 * Parses an address as proxies write it: with a port (Azure), in brackets, in quotes (RFC 7239), and with a zone
 * (`%eth0.100`), which is the name of a network interface. Returns undefined for other texts, such as `unknown`.
 */
function parseAddress(text: string | undefined): Address | undefined {
  const bare = (text ?? '').trim().replace(/^"(.*)"$/, '$1')
  const [, bracketed, withPort] = /^\[(.+)\](?::\d+)?$|^([^:]+):\d+$/.exec(bare) ?? []
  const written = bracketed ?? withPort ?? bare
  if (isIP(written) === 0) return undefined
  // ipaddr.js throws for zones with dots and hyphens, which Node accepts.
  const [address] = written.split('%', 1)
  return ipaddr.process(address!)
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

/**
 * Returns an IPv4 address, also one that a NAT64 embeds (RFC 6052), or the IPv6 network of `bits`; of 6to4 the /48 that
 * it derives from an IPv4 address.
 */
function networkOf(address: Address, bits: 48 | 56): string {
  if (address.kind() === 'ipv4') return address.toString()
  if (address.range() === 'rfc6052') return address.toByteArray().slice(-4).join('.')
  const bytes = (address.range() === '6to4' ? 48 : bits) / 8
  return `${Buffer.from(address.toByteArray().slice(0, bytes)).toString('hex')}/${bytes * 8}`
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
 * Returns keyed hashes of the client's address (IPv6: of its /56 and /48); the address itself is not stored. All
 * unreadable addresses have one hash. Returns undefined for direct calls from this machine.
 */
export function hashAddress(c: Context, d: AddressDependencies): AddressHashes | undefined {
  const { address, isForwarded } = addressOf(c, d.trustedProxies)
  if (address) warnOnce(d, address, isForwarded)
  if (address?.range() === 'loopback' && !isForwarded) return undefined
  const hashOf = (bits: 48 | 56) => {
    const counted = address ? networkOf(address, bits) : 'unknown'
    return createHmac('sha256', d.setupLinkSecrets[0]!).update(`address ${counted}`).digest('base64url')
  }
  return { home: hashOf(56), network: hashOf(48) }
}
