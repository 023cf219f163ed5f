import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import { own } from '../../domain/text/own.ts'
import type { GatewayEvent } from '../../gateways/gateway.ts'
import type { ConnectedEvent } from '../../gateways/platform.ts'
import type { RejectedEvent } from '../../store/events/gateway-events.ts'
import { findConnected } from '../../store/gateway-accounts/connected.ts'
import type { ApiDependencies } from '../dependencies.ts'

/** The raw body of an event, its headers, and the network address of the sender. */
export type EventCall = [rawBody: string, headers: Headers, sender: string]

/** A rejected event, what the response says, and what the log says instead. */
export interface RefusedEvent {
  refused: RejectedEvent
  says: string
  detail?: string
}

/**
 * An event with the account whose objects it concerns. `unconnected`: a genuine one of an account that is not connected
 * here in this environment.
 */
export type Verified = { account: GatewayAccount; event: GatewayEvent } | { unconnected: GatewayEvent } | RefusedEvent

const forged = { refused: 'forged', says: 'invalid signature' } as const
/** An organization knows the webhook secrets of its own accounts, so it can sign what no gateway sends. */
const malformed = { refused: 'forged', says: 'not an event' } as const
const isWord = (value: unknown) => typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value)

/** Returns whether an event has what every event has, in a form that can be recorded and looked up. */
const isWellFormed = ({ id, type, createdAt, about, connectedId = null }: GatewayEvent & Partial<ConnectedEvent>) =>
  [id, type, ...(about ? [about.id] : []), ...(connectedId === null ? [] : [connectedId])].every(isWord) &&
  !Number.isNaN(createdAt.getTime())

/** Errors that an operator must fix, by the gateway's error code. */
const forOperators: Record<string, RefusedEvent> = {
  endpoint_api_version: {
    refused: 'other_version',
    says: 'the endpoint was created with another API version; see docs/operations.md',
  },
  certificate_not_trusted: {
    refused: 'not_trusted',
    says:
      "this machine does not trust the event's certificate, and the gateway rejects our verification call; " +
      'see docs/operations.md',
  },
}

/** Verifies an event with the secrets of these accounts. Throws if that must be repeated, or an operator must act. */
export const verify = (d: ApiDependencies, accounts: GatewayAccount[], call: EventCall): Promise<Verified> =>
  firstThatVerifies(accounts, async (account) => {
    const gateway = await d.gateways.of(account.accountId)
    return { account, event: await gateway.verifyEvent(...call) }
  })

/**
 * Verifies an event of an account that is connected to one of these, as `verify`. The event itself names its account,
 * which is looked up in the environment of the secret.
 */
export async function verifyConnected(
  d: ApiDependencies,
  platforms: GatewayAccount[],
  [rawBody, headers]: EventCall,
): Promise<Verified> {
  const verified = await firstThatVerifies(platforms, async ({ accountId, environment, gateway }) => {
    const { platform } = await d.gateways.of(accountId)
    if (!platform) throw new Error('not the account of a platform')
    return { at: { environment, gateway }, event: await platform.verifyEvent(rawBody, headers) }
  })
  if ('refused' in verified) return verified
  const { at, event } = verified
  const found = event.connectedId === null ? undefined : await findConnected(d.database, at, event.connectedId)
  return found ? { account: { ...at, accountId: found.accountId }, event } : { unconnected: event }
}

async function firstThatVerifies<T extends { event: GatewayEvent & Partial<ConnectedEvent> }>(
  accounts: GatewayAccount[],
  verifies: (account: GatewayAccount) => Promise<T>,
): Promise<T | RefusedEvent> {
  let refused: RefusedEvent = forged
  for (const account of accounts) {
    try {
      const verified = await verifies(account)
      return isWellFormed(verified.event) ? verified : malformed
    } catch (error) {
      // It may be an event of the other environment's account.
      if (isGatewayError(error, 'unknown', 'not_now')) throw error // the gateway could not verify it now
      if (!isGatewayError(error, 'refused')) continue
      // The event is genuine, but its object cannot be read: it must not count as forged.
      const mendable = own(forOperators, error.vendorCode)
      if (!mendable) throw error
      refused = { ...mendable, ...(error.detail ? { detail: `${mendable.says} (${error.detail})` } : {}) }
    }
  }
  return refused
}
