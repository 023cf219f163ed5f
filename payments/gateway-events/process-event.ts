import { paymentHandle } from '../../domain/payment/payment-object.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import type { GatewayEvent } from '../../gateways/gateway.ts'
import { recordProcessed } from '../../store/events/gateway-events.ts'
import { storeFoundId } from '../../store/payments/one-step-orders.ts'
import { routeGatewayEvent } from '../../store/payments/route-gateway-event.ts'
import { refreshAfterEvent } from '../accounts/refresh-connected.ts'
import type { EventDependencies } from './dependencies.ts'
import { refreshForm } from './form-events.ts'
import { refreshGatewayCustomer, refreshMethod } from './method-events.ts'

/** How long an event of a payment can arrive before the payment is recorded, in milliseconds. */
const rowMayBeMissing = 3_600_000

/**
 * Processes an event of an account, however it arrived: its object is read, by the run or function that it concerns.
 * Records it afterwards, as `done`, or as `dead` if its object is ours but unknown here. Returns `later` for one whose
 * payment is still being recorded: process it again in a minute. Throws as the port, and if Temporal is not reachable.
 */
export async function processEvent(
  d: EventDependencies,
  account: GatewayAccount,
  event: GatewayEvent,
): Promise<'done' | 'dead' | 'later'> {
  const state = await take(d, account, event)
  const { id, type, about } = event
  if (state !== 'later') await recordProcessed(d.database, { ...account, id, type, objectId: about?.id ?? null }, state)
  return state
}

async function take(
  d: EventDependencies,
  account: GatewayAccount,
  event: GatewayEvent,
): Promise<'done' | 'dead' | 'later'> {
  const { about } = event
  if (!about) d.log.info({ event: event.id, type: event.type }, 'a gateway event is not relevant here')
  if (about?.kind === 'method') await refreshMethod(d, account, about.id)
  if (about?.kind === 'account' && (await refreshAfterEvent(d, account))) d.afterAccountChange()
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
async function learnOwner(d: EventDependencies, account: GatewayAccount, objectId: string): Promise<boolean> {
  const gateway = await d.gateways.of(account.accountId)
  if (!gateway.payInOneStep) return false
  const onboardingId = await gateway.onboardingOf?.(paymentHandle(objectId))
  return onboardingId ? storeFoundId(d.database, { ...account, onboardingId, objectId }) : false
}
