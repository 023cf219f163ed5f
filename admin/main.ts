import { openGateways } from './gateway-accounts/open-gateways.ts'
import { exitWithoutOutput } from '../runtime/stop.ts'
import { runAdmin } from './run.ts'

exitWithoutOutput()
await runAdmin(process.argv.slice(2), { noDatabase: 'DATABASE_URL is missing.', openGateways })
