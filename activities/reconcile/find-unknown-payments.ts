import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { gatewayNames, type Environment } from '../../domain/lifecycle.ts'
import { accountText, type GatewayAccount } from '../../domain/reference.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import { listNotKnownAsPaid } from '../../store/charges/charges-to-check.ts'
import { recordProcessed } from '../../store/events/gateway-events.ts'
import { receiveNews } from '../../store/payments/gateway-news.ts'
import { learnObjectId } from '../../store/payments/single-step-orders.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'

/** How many payments had no row here, and which gateways do not let us list payments (`gateway/live`). */
export interface Unknown {
  unknown: number
  notListed: string[]
}

/**
 * Looks for payments at the gateways that name an onboarding of ours and are not known here as paid. Whoever drives the
 * onboarding is told to look; what has no row here is kept for a person to see. Nothing is charged.
 */
export const findUnknownPayments =
  (d: ActivityDependencies) =>
  async (sinceHours: number): Promise<Unknown> => {
    const since = new Date(Date.now() - sinceHours * 3_600_000)
    const found: Unknown = { unknown: 0, notListed: [] }
    for (const environment of ['live', 'sandbox'] as Environment[])
      for (const name of gatewayNames) {
        const account = { environment, gateway: name }
        const gateway = d.gateways.at(account)
        const paid = await listPaid(gateway, since)
        if (!paid) found.notListed.push(accountText(account))
        else found.unknown += await compare(d, account, gateway!, paid)
      }
    return found
  }

/** Undefined where the gateway does not let us: a right of the account that not everybody gives. */
async function listPaid(gateway: PaymentGateway | undefined, since: Date): Promise<string[] | undefined> {
  try {
    return gateway?.listPaid ? await gateway.listPaid(since) : []
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

/** As the gateway's own news would be received. The charge of an ended onboarding is read by `checkCharge`. */
async function isOfSomebody(
  d: ActivityDependencies,
  account: GatewayAccount,
  gateway: PaymentGateway,
  objectId: string,
): Promise<boolean> {
  const news = { ...account, objectId, goesBack: false }
  if ((await receiveNews(d.database, news)).kind !== 'nobody') return true
  const onboardingId = await gateway.onboardingOf?.({ kind: 'payment', id: objectId })
  return onboardingId ? learnObjectId(d.database, { ...account, onboardingId, objectId }) : false
}
