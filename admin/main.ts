import { gatewaysFrom } from '../gateways/from-config.ts'
import { runAdmin } from './run.ts'

await runAdmin(process.argv.slice(2), {
  noDatabase: 'DATABASE_URL is missing.',
  openGateways: ({ gateways, gatewayTimeout }) => gatewaysFrom(gateways, gatewayTimeout),
})
