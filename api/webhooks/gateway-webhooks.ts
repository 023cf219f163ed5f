import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { Environment, GatewayName } from '../../domain/lifecycle.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import { own } from '../../domain/text/own.ts'
import type { GatewayEvent } from '../../gateways/gateway.ts'
import { countRejected, recordProcessed, wasProcessed, type RejectedEvent } from '../../store/events/gateway-events.ts'
import { receiveNews } from '../../store/payments/gateway-news.ts'
import { learnObjectId } from '../../store/payments/single-step-orders.ts'
import { limitBody } from '../call/body.ts'
import { deadline } from '../call/deadline.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { asFailure } from '../errors/failures.ts'
import { countFailing, senderOf } from '../call/failing-calls.ts'
import { reportBug } from '../errors/report-bug.ts'
import { lookAtForm } from './form-news.ts'
import { lookAtCustomer, lookAtMethod } from './method-news.ts'

const environments: Environment[] = ['live', 'sandbox']
/** How long an object of ours may be known to the gateway before our row of it is there, in milliseconds. */
const rowMayBeMissing = 3_600_000

/**
 * The gateways' events. A genuine one says "look at this object" and nothing else: the object itself is read, so that
 * order, duplicates and delays do not matter. 200, and a row, only after whoever must look has been told.
 */
export function gatewayWebhooks(d: ApiDependencies, gateway: GatewayName): OpenAPIHono {
  const app = new OpenAPIHono()
  app.onError(async (error, c) => {
    const failure = asFailure(error)
    // No gateway sends one as large, so it counts as forged; sent again it would be as large.
    if (failure?.code === 'too_large') return (await waitIfForging(d, c)) ?? c.json({ error: failure.message }, 413)
    if (!failure && !isGatewayError(error)) reportBug(d.log, c, error)
    if (isGatewayError(error, 'refused'))
      d.log.error({ gateway, code: error.vendorCode }, 'an operator must act: what an event is about may not be read')
    c.header('Retry-After', '5')
    return c.json({ error: 'not taken; send it again' }, 503)
  })
  app.post(`/webhooks/${gateway}`, deadline(d), limitBody, async (c) => {
    const verified = await verify(d, gateway, c)
    if ('refused' in verified) {
      const { refused, says } = verified
      const wait = refused === 'forged' ? await waitIfForging(d, c) : undefined
      if (wait) return wait
      if (refused === 'forged') d.log.warn({ gateway, reason: says }, 'an event of a gateway was refused')
      else d.log.error({ gateway, refused }, `an operator must act: ${says}`)
      await countRejected(d.database, gateway, refused)
      return c.json({ error: says }, 400)
    }
    const { environment, event } = verified
    if (event.askedVendor) d.log.warn({ gateway, environment, event: event.id }, notTrustedHere)
    const account = { environment, gateway }
    if (await wasProcessed(d.database, account, event.id)) return c.json({ received: true }, 200)
    const state = await take(d, account, event)
    if (state === 'later') {
      c.header('Retry-After', '60')
      return c.json({ error: 'nothing is known of this object yet; send it again' }, 503)
    }
    const { id, type, about } = event
    await recordProcessed(d.database, { ...account, id, type, objectId: about?.id ?? null }, state)
    return c.json({ received: true }, 200)
  })
  return app
}

/** Counts a forged event. Returns the answer where its address sent too many of them. */
async function waitIfForging(d: ApiDependencies, c: Context) {
  const retryAfter = await countFailing(d, c)
  if (retryAfter === undefined) return undefined
  c.header('Retry-After', String(retryAfter))
  return c.json({ error: 'too many events that no gateway signed come from this address; wait' }, 429)
}

const notTrustedHere =
  'the certificate of an event is not trusted on this machine; the gateway was asked and says that it is genuine'

type Verified = { environment: Environment; event: GatewayEvent } | { refused: RejectedEvent; says: string }

const forged = { refused: 'forged', says: 'the signature is not right' } as const
/** What an operator mends, by the code of the refusal. */
const forOperators: Record<string, Verified> = {
  endpoint_api_version: {
    refused: 'other_version',
    says: 'the endpoint was made with another API version; see docs/operations.md',
  },
  certificate_not_trusted: {
    refused: 'not_trusted',
    says: 'the certificate is not trusted here, and the gateway does not let us ask it; see docs/operations.md',
  },
}

async function verify(d: ApiDependencies, gateway: GatewayName, c: Context): Promise<Verified> {
  const event = [await c.req.text(), c.req.raw.headers, senderOf(d, c)] as const
  let refused: Verified = forged
  for (const environment of environments) {
    try {
      const verified = await d.gateways.at({ environment, gateway })?.verifyEvent(...event)
      if (verified) return { environment, event: verified }
    } catch (error) {
      // Not this account's event; perhaps the other's.
      if (isGatewayError(error, 'unknown', 'not_now')) throw error // it could not be verified just now
      if (!isGatewayError(error, 'refused')) continue
      // It is genuine, and what it is about may not be read: not to be taken for a forged one.
      const mendable = own(forOperators, error.vendorCode)
      if (!mendable) throw error
      refused = mendable
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
  if (!about) d.log.info({ event: event.id, type: event.type }, 'an event of a gateway is about nothing here')
  if (about?.kind === 'method') await lookAtMethod(d, account, about.id)
  if (about?.kind === 'customer') await lookAtCustomer(d, account, about.id)
  if (about?.kind !== 'payment' && about?.kind !== 'return') return 'done'
  const news = { ...account, objectId: about.id, goesBack: about.kind === 'return' }
  let receiver = await receiveNews(d.database, news)
  if (receiver.kind === 'nobody' && event.ours && (await learnOwner(d, account, about.id)))
    receiver = await receiveNews(d.database, news)
  if (receiver.kind === 'run' && receiver.woken) d.runs.wake(receiver.run, 'recordChanged')
  if (receiver.kind === 'form' && event.setupTried) await lookAtForm(d, account, receiver.form)
  if (receiver.kind === 'money') await d.runs.lookAfter(receiver.chargeId)
  if (receiver.kind !== 'nobody') return 'done'
  d.log.info({ event: event.id, type: event.type }, 'an event of an object that is not known here')
  if (!event.ours) return 'done'
  return Date.now() - event.createdAt.getTime() > rowMayBeMissing ? 'dead' : 'later'
}

/**
 * An object whose id nobody has: the answer to the call that created and paid it was lost. The gateway, and not the
 * event, is asked which onboarding it names. Answers whether an object there was waiting for its id.
 */
async function learnOwner(d: ApiDependencies, account: GatewayAccount, objectId: string): Promise<boolean> {
  const gateway = d.gateways.at(account)
  const onboardingId = await gateway?.onboardingOf?.({ kind: 'payment', id: objectId })
  return onboardingId ? learnObjectId(d.database, { ...account, onboardingId, objectId }) : false
}
