import { join } from 'node:path'
import { runAdmin } from '../../admin/run.ts'
import { gatewaysFrom } from '../../gateways/from-config.ts'
import { beforeStart } from '../../runtime/start.ts'
import { localFolder, readJson } from './folders.ts'

// The operator commands, run against the database of the local stack unless DATABASE_URL is set.
const readyFile = join(localFolder(process.env), 'ready.json')
const ready = await beforeStart(() => readJson<{ database_url: string; api_url: string }>(readyFile))
if (!process.env.DATABASE_URL && ready) {
  process.env.DATABASE_URL = ready.database_url
  process.env.BILLING_API_URL ||= ready.api_url
  delete process.env.DATABASE_PASSWORD
}
await runAdmin(process.argv.slice(2), {
  noDatabase:
    'No local stack is running. Start one with npm start, set LOCAL_DIR to the folder of a running stack, ' +
    'or set DATABASE_URL.',
  openGateways: ({ gateways, gatewayTimeout }) => gatewaysFrom(gateways, gatewayTimeout),
})
