import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { claimUnfinished, type UnfinishedRemoval } from '../../store/methods/method-removals.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { executeRemoval } from './remove-method.ts'

/** Long enough for the step that claimed a removal to finish it itself, in seconds. */
const gracePeriod = 300
const atOnce = 20

/**
 * Finishes claimed removals of saved methods whose step died or whose onboarding continued without them. A removal to
 * which a gateway does not respond is retried after `gracePeriod`. Safe to run concurrently. Returns how many were
 * finished.
 */
export async function finishRemovals(
  { database, gateways }: Pick<ActivityDependencies, 'database' | 'gateways'>,
  afterSeconds = gracePeriod,
): Promise<number> {
  const unfinished = await claimUnfinished(database, afterSeconds, atOnce)
  const finish = async (removal: UnfinishedRemoval): Promise<number> => {
    try {
      const gateway = await gateways.of(removal.accountId)
      await executeRemoval(database, gateway, removal, removal)
      return 1
    } catch (error) {
      if (isGatewayError(error)) return 0
      throw error
    }
  }
  return (await Promise.all(unfinished.map(finish))).reduce((sum, one) => sum + one, 0)
}
