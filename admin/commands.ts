import type { AdminCommand } from './command.ts'
import { bulkCommands } from './bulk/commands.ts'
import { gatewayAccountCommands } from './gateway-accounts/commands.ts'
import { importCommands } from './import/commands.ts'
import { domainCommands } from './domains.ts'
import { itemCommands } from './items.ts'
import { queryCommands } from './queries.ts'
import { operatorCommands } from './operators.ts'
import { settingCommands } from './settings.ts'
import { setupCommands } from './setup.ts'
import { upgradeCommands } from './upgrades/commands.ts'
import { temporalUiCommands } from './temporal-ui/commands.ts'
import { webhookCommands } from './webhooks/commands.ts'

/** All commands of `npm run admin`, in the order of the help. */
export const commands: Record<string, AdminCommand> = {
  ...setupCommands,
  ...itemCommands,
  ...settingCommands,
  ...domainCommands,
  ...queryCommands,
  ...operatorCommands,
  ...temporalUiCommands,
  ...bulkCommands,
  ...importCommands,
  ...webhookCommands,
  ...gatewayAccountCommands,
  ...upgradeCommands,
}
