import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import { countRejected, wasProcessed } from '../../store/events/gateway-events.ts'
import { gatewayEventArrived, gatewayEventEarly, gatewayEventRefused } from '../../metrics/gateways.ts'
import { processEvent } from '../../payments/gateway-events/process-event.ts'
import { dropCallers } from '../call/auth.ts'
import { limitBody } from '../call/body.ts'
import { deadline } from '../call/deadline.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { asFailure } from '../errors/failures.ts'
import { countFailing, senderOf } from '../call/limits/failing-calls.ts'
import { reportBug } from '../errors/report-bug.ts'
import { verify, verifyConnected, type EventCall, type Verified } from './verify-event.ts'

/**
 * Receives the gateways' events. A genuine event only makes the service read the object, so order, duplicates and
 * delays do not matter. It is recorded, with 200, only after the run or function that reads the object was notified.
 */
export function gatewayWebhooks(d: ApiDependencies, gateway: GatewayName): OpenAPIHono {
  const app = new OpenAPIHono()
  app.onError(async (error, c) => {
    const failure = asFailure(error)
    // No gateway sends an event this large, so it counts as forged. A retry would be just as large.
    if (failure?.code === 'too_large') return (await waitIfForging(d, c)) ?? c.json({ error: failure.message }, 413)
    if (!failure && !isGatewayError(error)) reportBug(d.log, c, error)
    if (isGatewayError(error, 'refused'))
      d.log.error(
        { gateway, code: error.vendorCode },
        "an operator must act: the gateway does not permit reading an event's object",
      )
    c.header('Retry-After', '5')
    return c.json({ error: 'event not accepted; send it again' }, 503)
  })
  app.post(`/webhooks/${gateway}`, deadline(d), limitBody, (c) => {
    const all = d.gateways.listOfInstallation().filter((account) => account.gateway === gateway)
    // Live first: an endpoint with one secret for both modes is possible, and its sandbox events say nothing.
    const accounts = all.toSorted((a, b) => a.environment.localeCompare(b.environment))
    return receive(d, c, gateway, accounts, (call) => verify(d, accounts, call))
  })
  // Events of accounts that are connected to the installation's: each names its account.
  app.post(`/webhooks/${gateway}/connect`, deadline(d), limitBody, (c) => {
    const accounts = d.gateways.listOfInstallation().filter((account) => account.gateway === gateway)
    return receive(d, c, gateway, accounts, (call) => verifyConnected(d, accounts, call))
  })
  // Only this account's secrets verify its events, and they concern no other account's objects.
  app.post(`/webhooks/${gateway}/:accountId`, deadline(d), limitBody, async (c) => {
    const account = await findAccount(d, c.req.param('accountId')).catch(async (error: unknown) => {
      // Nobody knows whether an event is genuine while keys cannot be used: beyond the limit, nothing is logged.
      return (isGatewayError(error, 'refused') && (await waitIfForging(d, c))) || Promise.reject(error as Error)
    })
    if (account instanceof Response) return account
    if (account?.gateway !== gateway) return (await waitIfForging(d, c)) ?? c.json({ error: 'not found' }, 404)
    return receive(d, c, gateway, [account], (call) => verify(d, [account], call))
  })
  return app
}

/** Returns undefined for an account that does not exist. Throws if its keys cannot be used: an operator must act. */
async function findAccount(d: ApiDependencies, accountId: string): Promise<GatewayAccount | undefined> {
  if (!/^ga_[a-z0-9_]{1,40}$/.test(accountId)) return undefined
  try {
    return await d.gateways.accountOf(accountId)
  } catch (error) {
    if (isGatewayError(error, 'refused') && error.vendorCode === 'account_not_configured') return undefined
    throw error
  }
}

/** Receives an event of one of these accounts, or of one that is connected to them. */
async function receive(
  d: ApiDependencies,
  c: Context,
  gateway: GatewayName,
  accounts: GatewayAccount[],
  verifies: (call: EventCall) => Promise<Verified>,
) {
  const verified = await verifies([await c.req.text(), c.req.raw.headers, senderOf(d, c)])
  if ('unconnected' in verified) {
    const { id, type } = verified.unconnected
    d.log.info({ gateway, event: id, type }, 'a gateway event is of an account that is not connected here')
    return c.json({ received: true }, 200)
  }
  if ('refused' in verified) {
    const { refused, says, detail } = verified
    const wait = refused === 'forged' ? await waitIfForging(d, c) : undefined
    if (wait) return wait
    const account = accounts.map(({ accountId }) => accountId).join()
    if (refused === 'forged') d.log.warn({ gateway, account, reason: says }, 'a gateway event was rejected')
    else d.log.error({ gateway, account, refused }, `an operator must act, for ${account}: ${detail ?? says}`)
    gatewayEventRefused(gateway, refused)
    await countRejected(d.database, gateway, refused)
    return c.json({ error: says }, 400)
  }
  const { account, event } = verified
  const { environment } = account
  if (event.askedVendor) d.log.warn({ gateway, environment, event: event.id }, notTrustedHere)
  if (await wasProcessed(d.database, account, event.id)) return c.json({ received: true }, 200)
  gatewayEventArrived(gateway, environment, event.createdAt)
  const afterAccountChange = () => dropCallers(d.state.callers)
  if ((await processEvent({ ...d, afterAccountChange }, account, event)) === 'later') {
    gatewayEventEarly(gateway, environment, event.createdAt)
    c.header('Retry-After', '60')
    return c.json({ error: 'this event is early: its payment is still being recorded; send the event again' }, 503)
  }
  return c.json({ received: true }, 200)
}

/** Counts a forged event. Returns the error response if its address sent too many of them. */
async function waitIfForging(d: ApiDependencies, c: Context) {
  const retryAfter = await countFailing(d, c)
  if (retryAfter === undefined) return undefined
  c.header('Retry-After', String(retryAfter))
  return c.json({ error: 'too many events without a valid signature from this address; retry later' }, 429)
}

const notTrustedHere =
  "this machine does not trust an event's certificate; the gateway confirmed that the event is genuine"
