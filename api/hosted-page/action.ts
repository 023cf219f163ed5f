import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { handleOf } from '../../domain/payment/payment-object.ts'
import { openAttempt } from '../../domain/onboarding/onboarding.ts'
import type { ObjectHandle } from '../../gateways/gateway.ts'
import type { PageAction } from './view/model.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { isAccountRefused, reportRefusal } from '../setup/gateway-refusal.ts'
import type { OpenedLink } from '../setup/opened-link.ts'

const timeLimit = 1_500

/**
 * Returns what the customer must do next, such as confirming the payment with the bank. It is read at the gateway each
 * time, because it contains a secret that is not stored. Null if there is nothing to do, or if the gateway does not
 * respond in time or was read too often: the page asks again.
 */
export async function actionOf(d: ApiDependencies, { onboarding }: OpenedLink): Promise<PageAction | null> {
  if (onboarding.closing || openAttempt(onboarding)?.state !== 'needs_customer') return null
  const object = onboarding.objects.find(({ state }) => state === 'open')
  if (!object?.objectId || !d.state.mayReadGateway(onboarding.onboardingId)) return null
  const handle = handleOf(onboarding, { kind: object.kind, objectId: object.objectId })
  const { accountId } = object
  const read = readAction(d, accountId, handle).catch(async (error: unknown) => {
    const code = isGatewayError(error) ? error.vendorCode : (error as { code?: string }).code
    d.log.warn({ code }, 'the gateway did not return the action that the customer must take')
    if (isAccountRefused(error)) await reportRefusal(d, onboarding, object, error)
    return null
  })
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), timeLimit).unref())
  return Promise.race([read, late])
}

/** The page confirms at the account of the payment, which may no longer be the one of its form. */
async function readAction(d: ApiDependencies, accountId: string, handle: ObjectHandle): Promise<PageAction | null> {
  const [gateway, { publishableKey }] = await Promise.all([
    d.gateways.of(accountId),
    d.gateways.browserSideOf(accountId),
  ])
  const action = await gateway.clientAction(handle)
  return action && 'client_secret' in action ? { ...action, publishable_key: publishableKey } : action
}
