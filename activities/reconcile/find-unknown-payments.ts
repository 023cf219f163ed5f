import { paymentHandle } from '../../domain/payment/payment-object.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { accountText, type GatewayAccount } from '../../domain/reference.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import { listNotKnownAsPaid } from '../../store/charges/charges-to-check.ts'
import { listConnectedAccounts } from '../../store/gateway-accounts/accounts.ts'
import { recordProcessed } from '../../store/events/gateway-events.ts'
import { routeGatewayEvent } from '../../store/payments/route-gateway-event.ts'
import { storeFoundId } from '../../store/payments/one-step-orders.ts'
import { listedSince, recordReconciled } from '../../store/charges/reconciliation.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'

/**
 * How many payments have no row here, and which accounts do not let us list payments: `accountText`, or the id of one
 * that an organization connected.
 */
export interface Unknown {
  unknown: number
  notListed: string[]
}

/**
 * Lists payments at the gateways that name an onboarding of ours, and that are not paid in our record. Signals the run
 * of the onboarding; a payment without a row is recorded for operators. Nothing is charged. The last step of a round.
 */
export const findUnknownPayments =
  (d: ActivityDependencies) =>
  async (sinceHours: number): Promise<Unknown> => {
    const since = await listedSince(d.database, sinceHours)
    const found: Unknown = { unknown: 0, notListed: [] }
    let isComplete = true
    for (const account of d.gateways.listOfInstallation()) {
      const gateway = await d.gateways.of(account.accountId)
      const paid = await listPaid(gateway, since)
      if (!paid) found.notListed.push(accountText(account))
      else found.unknown += await compare(d, account, gateway, paid)
    }
    for (const account of await listConnectedAccounts(d.database))
      try {
        const gateway = await d.gateways.of(account.accountId)
        found.unknown += await compare(d, account, gateway, (await gateway.listPaid?.(since)) ?? [])
      } catch (error) {
        // One organization's account must not keep the others from being compared. The next round lists it for longer.
        if (!isGatewayError(error)) throw error
        found.notListed.push(account.accountId)
        isComplete &&= isGatewayError(error, 'refused')
      }
    if (isComplete) await recordReconciled(d.database)
    return found
  }

/** Returns undefined if the account lacks the permission to list payments. */
async function listPaid(gateway: PaymentGateway, since: Date): Promise<string[] | undefined> {
  try {
    return gateway.listPaid ? await gateway.listPaid(since) : []
  } catch (error) {
    if (isGatewayError(error, 'refused')) return undefined
    throw error
  }
}

async function compare(
  d: ActivityDependencies,
  account: GatewayAccount,
  gateway: PaymentGateway,
  ids: string[],
): Promise<number> {
  let unknown = 0
  for (const objectId of await listNotKnownAsPaid(d.database, account, ids)) {
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
  const onboardingId = await gateway.onboardingOf?.(paymentHandle(objectId))
  return onboardingId ? storeFoundId(d.database, { ...account, onboardingId, objectId }) : false
}
