import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { handleOf } from '../../domain/payment/payment-object.ts'
import { openAttempt } from '../../domain/onboarding/onboarding.ts'
import type { ClientAction } from '../../gateways/gateway.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { isAccountRefused, reportRefusal } from '../setup/gateway-refusal.ts'
import { mayReadGateway } from '../setup/gateway-reads.ts'
import type { OpenedLink } from '../setup/opened-link.ts'

const patience = 1_500

/**
 * What the customer must do now, such as confirming with the bank: read at the gateway each time, as what it holds is a
 * secret that is kept nowhere. Null where nothing, or where the gateway does not answer in time or was read too often:
 * the page asks again.
 */
export async function actionOf(
  d: ApiDependencies,
  { billingCustomer, onboarding }: OpenedLink,
): Promise<ClientAction | null> {
  if (onboarding.closing || openAttempt(onboarding)?.state !== 'needs_customer') return null
  const object = onboarding.objects.find(({ state }) => state === 'open')
  if (!object?.objectId || !mayReadGateway(onboarding.onboardingId)) return null
  const handle = handleOf(onboarding, { kind: object.kind, objectId: object.objectId })
  const gateway = d.gateways.for(billingCustomer, object.gateway)
  const read = gateway?.clientAction(handle).catch(async (error: unknown) => {
    const code = isGatewayError(error) ? error.vendorCode : (error as { code?: string }).code
    d.log.warn({ code }, 'the gateway did not return the action that the customer must take')
    if (isAccountRefused(error)) await reportRefusal(d, onboarding, object.gateway, error)
    return null
  })
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patience).unref())
  return Promise.race([read ?? null, late])
}
