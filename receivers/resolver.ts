import { promises as dns } from 'node:dns'
import type { LookupAddress } from 'node:dns'
import { ConnectFailure } from './failures.ts'

/** Returns every address of a host name, IPv4 first. Throws a ConnectFailure if there is none or no server responds. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>

export interface ResolverOptions {
  /** `address:port` of name servers; by default those of the system. */
  servers?: string[]
  /** Milliseconds for the first query. The second attempt takes twice as long. */
  timeout?: number
}

const loopback: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]
/** Milliseconds to wait for IPv6 addresses once those of IPv4 are known: some name servers never return them. */
const resolutionDelay = 500

/**
 * Creates a resolver that sends queries itself (c-ares). `dns.lookup` would wait on threads that the whole process
 * shares: a few names with an unresponsive name server would delay all other lookups (docs/decisions/0032).
 * Reads neither the hosts file nor search domains.
 */
export function createResolver({ servers, timeout = 1_000 }: ResolverOptions = {}): Resolve {
  const resolver = new dns.Resolver({ timeout, tries: 2 })
  if (servers) resolver.setServers(servers)
  return async (hostname) => {
    const name = hostname.toLowerCase().replace(/\.$/, '')
    // RFC 6761, section 6.3: must not be sent to a name server.
    if (name === 'localhost' || name.endsWith('.localhost')) return loopback
    const known = (family: 4 | 6) => (addresses: string[]) => addresses.map((address) => ({ address, family }))
    const none = (): LookupAddress[] => []
    const six = resolver.resolve6(name).then(known(6), none)
    const four = await resolver.resolve4(name).then(known(4), none)
    const all = [...four, ...(four.length > 0 ? await within(six, resolutionDelay, none) : await six)]
    if (all.length === 0) throw new ConnectFailure('dns')
    return all
  }
}

async function within<T>(work: Promise<T>, milliseconds: number, otherwise: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise()), milliseconds)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
