import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import type { AddressRules } from '../domain/webhooks/address-rules.ts'
import { ConnectFailure, connectReason } from './failures.ts'
import type { Resolve } from './resolver.ts'

export interface ConnectorOptions {
  rules: AddressRules
  resolve: Resolve
  /** Milliseconds to connect, including DNS and TLS. */
  timeout: number
  /** PEM of certificate authorities to trust instead of those of Node. */
  certificates?: string | undefined
}

/** Milliseconds for one of several addresses. Node's 250 are too few for a receiver on another continent. */
const perAddress = 1_000

/**
 * Creates undici's connect function. It checks every address when the socket is opened: a check of the URL alone misses
 * a name whose DNS records change, and a check in `lookup` misses literal addresses, which are never looked up.
 */
export function createConnector({ rules, resolve, timeout, certificates }: ConnectorOptions): buildConnector.connector {
  /** One per port, so that the lookup knows the port, and TLS sessions are reused. */
  const openers = new Map<string, buildConnector.connector>()
  const openerOf = (port: number, secure: boolean) => {
    const key = `${port} ${secure}`
    const mayReach = (address: string) => rules.mayReach({ address, port, secure })
    const known = openers.get(key)
    if (known) return known
    const opener = buildConnector({
      lookup: judgedLookup(resolve, mayReach),
      timeout,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: perAddress,
      // Explicit: NODE_TLS_REJECT_UNAUTHORIZED=0 must not turn it off.
      rejectUnauthorized: true,
      ...(certificates ? { ca: certificates } : {}),
    })
    openers.set(key, opener)
    return opener
  }
  return (options, done) => {
    const secure = options.protocol === 'https:'
    const port = Number(options.port === '' ? (secure ? 443 : 80) : options.port)
    const host = options.hostname.replace(/^\[|\]$/g, '')
    const fail = (error: unknown) => done(new ConnectFailure(connectReason(error, secure)), null)
    const refuse = () => fail(new ConnectFailure('address'))
    if (isIP(host) !== 0 && !rules.mayReach({ address: host, port, secure })) return void queueMicrotask(refuse)
    openerOf(port, secure)(options, (error, socket) => {
      if (error) return fail(error)
      // The address that the kernel reports for the connection.
      if (rules.mayReach({ address: socket.remoteAddress ?? '', port, secure })) return done(null, socket)
      socket.destroy()
      refuse()
    })
  }
}

/** Resolves a name, and rejects it unless all of its addresses are allowed. Only checked addresses are connected to. */
function judgedLookup(resolve: Resolve, mayReach: (address: string) => boolean): LookupFunction {
  return (hostname, options, done) => {
    const judged = async () => {
      const addresses = await resolve(hostname)
      if (!addresses.every(({ address }) => mayReach(address))) throw new ConnectFailure('address')
      return addresses
    }
    judged().then(
      (addresses) => (options.all ? done(null, addresses) : done(null, addresses[0]!.address, addresses[0]!.family)),
      (error: NodeJS.ErrnoException) => done(error, [], 0),
    )
  }
}
