import { OpenAPIHono } from '@hono/zod-openapi'
import type { Environment } from '../../domain/lifecycle.ts'
import type { GatewayEvent } from '../../gateways/gateway.ts'
import { receiveNews } from '../../store/gateway-news.ts'
import { limitBody } from '../body.ts'
import { deadline } from '../deadline.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { asFailure } from '../failures.ts'
import { reportBug } from '../report-bug.ts'

const environments: Environment[] = ['live', 'sandbox']
/** How long an object of ours may be known to Stripe before our row of it is there, in milliseconds. */
const rowMayBeMissing = 3_600_000

/**
 * Stripe's events. A genuine one says "look at this object" and nothing else: the run reads the object itself, so that
 * order, duplicates and delays do not matter. 200 only after whoever must look has been told.
 */
export function stripeWebhooks(d: ApiDependencies): OpenAPIHono {
  const app = new OpenAPIHono()
  app.onError((error, c) => {
    if (!asFailure(error)) reportBug(d.log, c, error)
    c.header('Retry-After', '5')
    return c.json({ error: 'not taken; send it again' }, 503)
  })
  app.post('/webhooks/stripe', deadline, limitBody, async (c) => {
    const verified = verify(d, await c.req.text(), c.req.raw.headers)
    if (!verified) {
      d.log.warn('a forged or unreadable Stripe event was refused')
      return c.json({ error: 'the signature is not right' }, 400)
    }
    const taken = await take(d, verified.environment, verified.event)
    if (taken) return c.json({ received: true }, 200)
    c.header('Retry-After', '60')
    return c.json({ error: 'nothing is known of this object yet; send it again' }, 503)
  })
  return app
}

function verify(
  d: ApiDependencies,
  rawBody: string,
  headers: Headers,
): { environment: Environment; event: GatewayEvent } | undefined {
  for (const environment of environments) {
    try {
      const event = d.gateways.for(environment, '', 'stripe')?.verifyEvent(rawBody, headers)
      if (event) return { environment, event }
    } catch {
      // Not this account's event; perhaps the other's.
    }
  }
  return undefined
}

/** Answers false where the event should come again. */
async function take(d: ApiDependencies, environment: Environment, event: GatewayEvent): Promise<boolean> {
  const noted = { event: event.id, type: event.type }
  if (!event.objectId) {
    d.log.debug(noted, 'an event that is about no payment object')
    return true
  }
  const receiver = await receiveNews(d.database, { environment, gateway: 'stripe', objectId: event.objectId })
  if (receiver.kind === 'run' && receiver.woken) d.runs.wake(receiver.run, 'recordChanged')
  if (receiver.kind === 'money') await d.runs.lookAfter(receiver.chargeId)
  if (receiver.kind !== 'nobody') return true
  d.log.info(noted, 'an event of an object that is not known here')
  return !event.ours || Date.now() - event.createdAt.getTime() > rowMayBeMissing
}
