import { paymentHandle } from '../../domain/payment/payment-object.ts'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import { own } from '../../domain/text/own.ts'
import type { GatewayEvent } from '../../gateways/gateway.ts'
import { countRejected, recordProcessed, wasProcessed, type RejectedEvent } from '../../store/events/gateway-events.ts'
import { routeGatewayEvent } from '../../store/payments/route-gateway-event.ts'
import { storeFoundId } from '../../store/payments/one-step-orders.ts'
import { gatewayEventArrived, gatewayEventRefused } from '../../metrics/gateways.ts'
import { limitBody } from '../call/body.ts'
import { deadline } from '../call/deadline.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { asFailure } from '../errors/failures.ts'
import { countFailing, senderOf } from '../call/limits/failing-calls.ts'
import { reportBug } from '../errors/report-bug.ts'
import { refreshForm } from './form-events.ts'
import { refreshGatewayCustomer, refreshMethod } from './method-events.ts'

/** How long an event of a payment can arrive before the payment is recorded, in milliseconds. */
const rowMayBeMissing = 3_600_000

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
    return receive(d, c, gateway, accounts)
  })
  // Only this account's secrets verify its events, and they concern no other account's objects.
  app.post(`/webhooks/${gateway}/:accountId`, deadline(d), limitBody, async (c) => {
    const account = await findAccount(d, c.req.param('accountId')).catch(async (error: unknown) => {
      // Nobody knows whether an event is genuine while keys cannot be used: beyond the limit, nothing is logged.
      return (isGatewayError(error, 'refused') && (await waitIfForging(d, c))) || Promise.reject(error as Error)
    })
    if (account instanceof Response) return account
    if (account?.gateway !== gateway) return (await waitIfForging(d, c)) ?? c.json({ error: 'not found' }, 404)
    return receive(d, c, gateway, [account])
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

/** Receives an event of one of these accounts. */
async function receive(d: ApiDependencies, c: Context, gateway: GatewayName, accounts: GatewayAccount[]) {
  const verified = await verify(d, accounts, c)
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
  const state = await take(d, account, event)
  if (state === 'later') {
    c.header('Retry-After', '60')
    return c.json({ error: 'this event is early: its payment is still being recorded; send the event again' }, 503)
  }
  const { id, type, about } = event
  await recordProcessed(d.database, { ...account, id, type, objectId: about?.id ?? null }, state)
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

/** A rejected event, what the response says, and what the log says instead. */
interface Refused {
  refused: RejectedEvent
  says: string
  detail?: string
}
type Verified = { account: GatewayAccount; event: GatewayEvent } | Refused

const forged = { refused: 'forged', says: 'invalid signature' } as const
/** Errors that an operator must fix, by the gateway's error code. */
const forOperators: Record<string, Refused> = {
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

async function verify(d: ApiDependencies, accounts: GatewayAccount[], c: Context): Promise<Verified> {
  const event = [await c.req.text(), c.req.raw.headers, senderOf(d, c)] as const
  let refused: Verified = forged
  for (const account of accounts) {
    try {
      const gateway = await d.gateways.of(account.accountId)
      return { account, event: await gateway.verifyEvent(...event) }
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

async function take(
  d: ApiDependencies,
  account: GatewayAccount,
  event: GatewayEvent,
): Promise<'done' | 'dead' | 'later'> {
  const { about } = event
  if (!about) d.log.info({ event: event.id, type: event.type }, 'a gateway event is not relevant here')
  if (about?.kind === 'method') await refreshMethod(d, account, about.id)
  if (about?.kind === 'customer') await refreshGatewayCustomer(d, account, about.id)
  if (about?.kind !== 'payment' && about?.kind !== 'return') return 'done'
  const news = { ...account, objectId: about.id, goesBack: about.kind === 'return' }
  let receiver = await routeGatewayEvent(d.database, news)
  if (receiver.kind === 'nobody' && event.ours && (await learnOwner(d, account, about.id)))
    receiver = await routeGatewayEvent(d.database, news)
  if (receiver.kind === 'run' && receiver.madeDue) d.runs.signal(receiver.run, 'recordChanged')
  if (receiver.kind === 'form' && event.setupTried) await refreshForm(d, receiver.form)
  if (receiver.kind === 'money') await d.runs.settleCharge(receiver.chargeId)
  const isRecent = Date.now() - event.createdAt.getTime() <= rowMayBeMissing
  if (receiver.kind === 'run' && receiver.isEarly && isRecent) return 'later'
  if (receiver.kind !== 'nobody') return 'done'
  d.log.info({ event: event.id, type: event.type }, 'a gateway event refers to an unknown object')
  if (!event.ours) return 'done'
  return isRecent ? 'later' : 'dead'
}

/**
 * Handles an object whose id is unknown, because the response to the call that created and paid it was lost. Reads its
 * onboarding from the gateway, not from the event. Returns whether an object of the onboarding was missing its id.
 */
async function learnOwner(d: ApiDependencies, account: GatewayAccount, objectId: string): Promise<boolean> {
  const gateway = await d.gateways.of(account.accountId)
  const onboardingId = await gateway.onboardingOf?.(paymentHandle(objectId))
  return onboardingId ? storeFoundId(d.database, { ...account, onboardingId, objectId }) : false
}
