import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { isPublicPort, type AddressRules, type AllowedNetwork, type Target } from '../domain/webhooks/address-rules.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Network = [Address, number]

/** The only part of IPv6 that is assigned to the internet (RFC 4291, section 2.4). */
const globalUnicast = ipaddr.parseCIDR('2000::/3')
/** Metadata services of clouds, which return credentials. The first has a public address, the others private ones. */
const metadata = [
  '168.63.129.16/32',
  '100.100.100.200/32',
  '192.0.0.192/32',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
].map((network) => ipaddr.parseCIDR(network))
const neverReached = ['unspecified', 'linkLocal', 'multicast', 'broadcast']

const contains = (network: Network, address: Address): boolean =>
  network[0].kind() === address.kind() && address.match(network)

/** Parses an address as the kernel does: without a zone, and IPv4-mapped as IPv4. Returns undefined if invalid. */
const parse = (address: string): Address | undefined => {
  const [bare = ''] = address.split('%')
  return isIP(bare) === 0 ? undefined : ipaddr.process(bare)
}

/**
 * Returns whether an address belongs to the public internet: in no special range of the IANA registries, and in IPv6
 * within `2000::/3`. Ranges that contain IPv4 addresses (NAT64, 6to4, Teredo) are special.
 */
export function isPublic(address: string): boolean {
  const parsed = parse(address)
  if (parsed?.range() !== 'unicast' || isNeverReached(parsed)) return false
  return parsed.kind() === 'ipv4' || contains(globalUnicast, parsed)
}

/** Metadata services, this host, and addresses of more than one host: not even WEBHOOK_ALLOWED_NETWORKS allows them. */
const isNeverReached = (address: Address): boolean =>
  neverReached.includes(address.range()) || metadata.some((network) => contains(network, address))

/** Creates the rules from WEBHOOK_ALLOWED_NETWORKS and the ports that are never reached within these networks. */
export function createAddressRules(allowed: readonly AllowedNetwork[], refusedPorts: readonly number[]): AddressRules {
  const networks = allowed.map((entry) => ({
    ...entry,
    network: [ipaddr.process(entry.address), entry.bits] as Network,
  }))
  const opens = (entry: AllowedNetwork, port: number) =>
    port >= entry.fromPort && port <= entry.toPort && !refusedPorts.includes(port)
  const isAllowed = ({ address, port }: Target) => {
    const parsed = parse(address)
    if (!parsed || isNeverReached(parsed)) return false
    return networks.some((entry) => opens(entry, port) && contains(entry.network, parsed))
  }
  return {
    mayReach: (target) => isAllowed(target) || (target.secure && isPublicPort(target.port) && isPublic(target.address)),
    allowsNetworks: networks.length > 0,
    allowsPort: (port) => isPublicPort(port) || networks.some((entry) => opens(entry, port)),
  }
}
