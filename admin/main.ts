import { openGateways } from './gateway-accounts/open-gateways.ts'
import { runAdmin } from './run.ts'

await runAdmin(process.argv.slice(2), { noDatabase: 'DATABASE_URL is missing.', openGateways })
