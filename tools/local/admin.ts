import { join } from 'node:path'
import { openGateways } from '../../admin/gateway-accounts/open-gateways.ts'
import { runAdmin } from '../../admin/run.ts'
import { readSecretFiles } from '../../runtime/files/secret-files.ts'
import { beforeStart } from '../../runtime/start.ts'
import { exitWithoutOutput } from '../../runtime/stop.ts'
import { variables } from '../../runtime/variables.ts'
import { ofOtherTemporal } from './environment.ts'
import { localFolder, readJson } from './folders.ts'

// The operator commands, run against the database of the local stack unless DATABASE_URL is set.
const readyFile = join(localFolder(process.env), 'ready.json')
const secretsFile = join(localFolder(process.env), 'secrets.json')
interface Ready {
  database_url: string
  api_url: string
  temporal_address: string
  temporal_namespace: string
  /** Null if TEMPORAL_ADDRESS named the server. */
  temporal_cli: string | null
  temporal_ui_url?: string | null
  /** Absent with keys of a real account. */
  stripe_url?: string
  stripe_publishable_key: string
  /** Absent with keys of a real account. */
  paypal_url?: string
}
exitWithoutOutput()
const ready = await beforeStart(() => readJson<Ready>(readyFile))
await beforeStart(() => readSecretsInto(process.env))
if (!process.env.DATABASE_URL && ready) {
  process.env.DATABASE_URL = ready.database_url
  process.env.BILLING_API_URL ||= ready.api_url
  process.env.PUBLIC_URL ||= ready.api_url
  useTemporalOf(ready)
  process.env.GATEWAY_KEYS ||= readJson<{ gatewayKeys?: string }>(secretsFile)?.gatewayKeys ?? ''
  if (ready.paypal_url) process.env.PAYPAL_API_URL ||= ready.paypal_url
  delete process.env.DATABASE_PASSWORD
  if (ready.stripe_url && !process.env.STRIPE_TEST_SECRET_KEY) useSimulator(ready.stripe_url, ready)
}

/** A secret in a file counts as set, as for every program. Throws an Error if a file cannot be used. */
function readSecretsInto(environment: NodeJS.ProcessEnv): void {
  const { env, problems } = readSecretFiles(environment, Object.keys(variables.shape))
  if (problems.length > 0) throw new Error(`Invalid environment variables:\n  ${problems.join('\n  ')}`)
  for (const name of Object.keys(environment)) if (!(name in env)) delete environment[name]
  Object.assign(environment, env)
}

/** The runs of the stack's database are at its Temporal server, whatever the shell is set up for. */
function useTemporalOf({ temporal_address, temporal_namespace, temporal_ui_url, temporal_cli }: Ready): void {
  for (const name of ofOtherTemporal(process.env, temporal_cli === null)) delete process.env[name]
  process.env.TEMPORAL_ADDRESS = temporal_address
  process.env.TEMPORAL_NAMESPACE = temporal_namespace
  process.env.TEMPORAL_UI_URL = temporal_ui_url ?? ''
}

/** For commands that call the gateway. They receive no events, whose secret they therefore do not need. */
function useSimulator(url: string, { stripe_publishable_key: publishableKey }: Ready): void {
  Object.assign(process.env, {
    STRIPE_TEST_SECRET_KEY: 'sk_test_simulator',
    STRIPE_TEST_PUBLISHABLE_KEY: publishableKey,
    STRIPE_TEST_WEBHOOK_SECRET: 'whsec_not_used',
    STRIPE_TEST_CONNECT_WEBHOOK_SECRET: 'whsec_not_used',
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
