import { join } from 'node:path'
import { openGateways } from '../../admin/gateway-accounts/open-gateways.ts'
import { runAdmin } from '../../admin/run.ts'
import { beforeStart } from '../../runtime/start.ts'
import { localFolder, readJson } from './folders.ts'

// The operator commands, run against the database of the local stack unless DATABASE_URL is set.
const readyFile = join(localFolder(process.env), 'ready.json')
const secretsFile = join(localFolder(process.env), 'secrets.json')
interface Ready {
  database_url: string
  api_url: string
  /** Absent with keys of a real account. */
  stripe_url?: string
  stripe_publishable_key: string
  /** Absent with keys of a real account. */
  paypal_url?: string
}
const ready = await beforeStart(() => readJson<Ready>(readyFile))
if (!process.env.DATABASE_URL && ready) {
  process.env.DATABASE_URL = ready.database_url
  process.env.BILLING_API_URL ||= ready.api_url
  process.env.PUBLIC_URL ||= ready.api_url
  process.env.GATEWAY_KEYS ||= readJson<{ gatewayKeys?: string }>(secretsFile)?.gatewayKeys ?? ''
  if (ready.paypal_url) process.env.PAYPAL_API_URL ||= ready.paypal_url
  delete process.env.DATABASE_PASSWORD
  if (ready.stripe_url && !process.env.STRIPE_TEST_SECRET_KEY) useSimulator(ready.stripe_url, ready)
}

/** For commands that call the gateway. They receive no events, whose secret they therefore do not need. */
function useSimulator(url: string, { stripe_publishable_key: publishableKey }: Ready): void {
  Object.assign(process.env, {
    STRIPE_TEST_SECRET_KEY: 'sk_test_simulator',
    STRIPE_TEST_PUBLISHABLE_KEY: publishableKey,
    STRIPE_TEST_WEBHOOK_SECRET: 'whsec_not_used',
    STRIPE_API_URL: url,
    STRIPE_JS_URL: `${url}/stripe.js`,
  })
}
await runAdmin(process.argv.slice(2), {
  noDatabase:
    'No local stack is running. Start one with npm start, set LOCAL_DIR to the folder of a running stack, ' +
    'or set DATABASE_URL.',
  openGateways,
})
