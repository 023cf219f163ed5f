import { conflict, invalid } from '../../domain/failure/failures.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { installationAccount, type GatewayAccount } from '../../domain/reference.ts'
import type { Gateways } from '../../gateways/gateways.ts'
import type { Platform } from '../../gateways/platform.ts'
import { notResponding } from './account-at-gateway.ts'

// The installation's account as a platform, to which accounts of organizations are connected.

interface Dependencies {
  gateways: Pick<Gateways, 'of'>
}
type Place = Pick<GatewayAccount, 'environment' | 'gateway'>

/** Returns the platform of an environment. Throws `refused` if the installation has none there. */
export async function platformOf({ gateways }: Dependencies, { environment, gateway }: Place): Promise<Platform> {
  const { platform } = await gateways.of(installationAccount(environment, gateway).accountId)
  if (!platform) throw new GatewayError('refused', 'no_platform')
  return platform
}

/** As `platformOf`, for a caller. Throws `invalid_request` if accounts cannot be connected at the gateway at all. */
export async function requirePlatform(d: Dependencies, at: Place): Promise<Platform> {
  const { title, connectedAccount } = gatewayFacts[at.gateway]
  if (!connectedAccount)
    throw invalid('auth', `must be keys: accounts at ${title} cannot be connected to a platform here`)
  return asPlatform(() => platformOf(d, at))
}

/** Runs calls as a platform and converts their errors to Failures. */
export async function asPlatform<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isGatewayError(error, 'not_found')) throw notConnected()
    if (isGatewayError(error, 'refused'))
      throw conflict(
        'gateway_connect_unavailable',
        'auth',
        `cannot be connect in this installation (${error.vendorCode})`,
      )
    throw notResponding(error)
  }
}

export const notConnected = () =>
  conflict('gateway_account_not_connected', 'id', 'is not connected to the platform any more at the gateway')
