import type { GatewayAccount } from '../../domain/reference.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import { adoptPayment } from '../../payments/charges/adopt-payment.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { recordProcessed } from '../../store/events/gateway-events.ts'
import { routeGatewayEvent } from '../../store/payments/route-gateway-event.ts'

/**
 * Handles payments of an account that are not recorded as paid: makes the run of the onboarding due. A payment without
 * a row is given to its onboarding, or recorded for operators. Nothing is charged. Returns how many have no row.
 */
export async function reportUnknown(
  d: ActivityDependencies,
  account: GatewayAccount,
  gateway: PaymentGateway,
  objectIds: string[],
): Promise<number> {
  let unknown = 0
  for (const objectId of objectIds) {
    if (await isOfSomebody(d, account, gateway, objectId)) continue
    unknown++
    const event = { ...account, id: `janitor/${objectId}`, type: 'janitor.unknown_payment', objectId }
    await recordProcessed(d.database, event, 'dead')
  }
  return unknown
}

/** Handles the payment like an event of the gateway. `checkCharge` reads the charges of ended onboardings. */
async function isOfSomebody(
  d: ActivityDependencies,
  account: GatewayAccount,
  gateway: PaymentGateway,
  objectId: string,
): Promise<boolean> {
  const news = { ...account, objectId, goesBack: false }
  if ((await routeGatewayEvent(d.database, news)).kind !== 'nobody') return true
  return adoptPayment(d.database, gateway, { ...account, objectId })
}
