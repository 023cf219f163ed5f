import { gatewaysFrom } from '../../gateways/from-config.ts'
import type { Gateways } from '../../gateways/gateways.ts'
import type { Config } from '../../runtime/config.ts'
import type { Database } from '../../store/database/database.ts'
import { createAccountSealing } from '../../store/gateway-accounts/account-sealing.ts'
import { accountFinder } from '../../store/gateway-accounts/keys.ts'

/** Opens the gateways of a configuration, with the accounts that organizations connected. */
export function openGateways(config: Config, database: Database): Gateways {
  const { gateways, gatewayTimeout, gatewayKeys, gatewayPlaces: places } = config
  return gatewaysFrom(gateways, gatewayTimeout, {
    find: accountFinder(database, createAccountSealing(gatewayKeys)),
    places,
  })
}
