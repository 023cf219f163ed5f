import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client'
import { readArguments } from '../runtime/arguments.ts'
import { configuredGateways, readConfig } from '../runtime/config.ts'
import { clientOptions } from '../runtime/temporal.ts'
import { gatewaysFrom } from '../gateways/from-config.ts'
import { createAddressRules } from '../receivers/addresses.ts'
import { createLog } from '../runtime/log.ts'
import { release } from '../domain/release.ts'
import { serveMetrics } from '../runtime/http/metrics-server.ts'
import { metricsWithRecord } from '../metrics/record.ts'
import { measureProcess, registry } from '../metrics/registry.ts'
import { readRecordState } from '../store/measures/record-state.ts'
import { beforeStart } from '../runtime/start.ts'
import { stopOnSignals } from '../runtime/stop.ts'
import { openChangeFeed } from '../store/changes/change-feed.ts'
import { openHints } from '../store/changes/hints.ts'
import { createSealing } from '../store/database/sealing.ts'
import { createAccountSealing } from '../store/gateway-accounts/account-sealing.ts'
import { accountFinder } from '../store/gateway-accounts/keys.ts'
import { openDatabase } from '../store/database/database.ts'
import { startTracing } from '../traces/start.ts'
import { requireUsableServer } from '../store/schema/usable-server.ts'
import { watchStalledTransactions } from '../store/database/stalled-transactions.ts'
import { requireUsableDatabase } from '../store/schema/usable-database.ts'
import { requireSearchAttributes } from '../runtime/search-attributes.ts'
import { createApp } from './app.ts'
import { longestCall } from './call/deadline.ts'
import { checkServices, pulseOf } from './ready.ts'
import { serveApi } from './serve.ts'
import { temporalRuns } from './runs.ts'

readArguments('npm run start:api\n\n  Variables configure the API (.env.example).', {})
const config = await beforeStart(() =>
  readConfig(process.env, ['database', 'temporal', 'public-url', 'links', 'gateways', 'webhooks']),
)
const log = createLog({ ...config.log, name: 'api' })
const stopTracing = await startTracing(config.tracing, {
  service: 'billing-onboarding-api',
  release,
  log,
  unreadVariables: config.unreadTracingVariables,
})
const isServerChecked = await beforeStart(() => requireUsableDatabase(config.databaseUrl, config))
const hints = openHints(config.databaseUrl, 'api')
const database = openDatabase(config.databaseUrl, {
  name: 'api',
  max: 20,
  statementTimeout: 2_500,
  transactionTimeout: 5_000,
  afterChange: hints.send,
})
const changes = openChangeFeed({ url: config.databaseUrl, name: 'api', database, hints })
const stopWatch = watchStalledTransactions(database, log)
const pulse = openDatabase(config.databaseUrl, { name: 'api, pulse', max: 1 })
const databaseAnswers = pulseOf(pulse)

// Short intervals, because a deadline is checked only between attempts. The connection is opened on demand, so that the
// API starts and responds while Temporal is down.
const { namespace } = config.temporal
const retries = makeGrpcRetryInterceptor(
  defaultGrpcRetryOptions({ maxAttempts: 5, factor: 1.3, initialIntervalMs: () => 40 }),
)
const connection = Connection.lazy({ ...clientOptions(config.temporal), interceptors: [retries] })
const client = new Client({ connection, namespace })
const unanswered = await beforeStart(() => requireSearchAttributes(connection, namespace, { worksWithout: true }))
if (unanswered) log.warn({ reason: unanswered }, 'Temporal cannot start runs yet; they will start once it can')

const accountSealing = createAccountSealing(config.gatewayKeys)
const own = { find: accountFinder(database, accountSealing), places: config.gatewayPlaces }
const gateways = gatewaysFrom(config.gateways, config.gatewayTimeout, own)
let draining = false
const app = createApp(
  {
    database,
    databaseAnswers,
    changes,
    runs: temporalRuns({ client, taskQueue: config.taskQueue, log, database }),
    gateways,
    accountSealing,
    settingDefaults: config.settingDefaults,
    publicUrl: config.publicUrl,
    setupLinkSecrets: config.setupLinkSecrets,
    trustedProxies: config.trustedProxies,
    rateLimit: config.rateLimit,
    hstsSeconds: config.hstsSeconds,
    webhooks: {
      sealing: createSealing(config.webhooks.secretKeys, 'webhook'),
      rules: createAddressRules(config.webhooks.allowedNetworks, config.webhooks.refusedPorts),
    },
    temporalUi: config.temporalUiUrl ? { url: config.temporalUiUrl, namespace } : undefined,
    log,
  },
  {
    ...checkServices({
      database,
      checkServer: isServerChecked ? undefined : () => requireUsableServer(config.databaseUrl),
      connection,
      namespace,
      log,
    }),
    isDraining: () => draining,
  },
)

const { port, host: hostname, keepAlive, hstsSeconds } = config
const serving = serveApi({ fetch: app.fetch, port, hostname, keepAlive, hstsSeconds })
const listening = await beforeStart(() => serving.listening)
if (config.metrics) {
  measureProcess()
  const { metrics: address } = config
  const metrics = metricsWithRecord(() => readRecordState(database, gateways.listOfInstallation()))
  const health = () => ({ isHealthy: true, draining })
  await beforeStart(() => serveMetrics({ ...address, metrics, contentType: registry.contentType, health }))
}
log.info(
  { port: listening, url: config.publicUrl, temporal: config.temporal.address, gateways: configuredGateways(config) },
  'api ready',
)
process.send?.('ready')

stopOnSignals(async (reason) => {
  draining = true
  // After Ctrl-C there is no wait for load balancers or slow gateways.
  const isDeployed = reason === 'SIGTERM'
  const pause = isDeployed ? config.drain * 1_000 : 0
  log.info({ seconds: pause / 1_000 }, 'draining')
  // Open connections do not delay the exit beyond the longest possible call.
  setTimeout(() => process.exit(0), pause + (isDeployed ? longestCall(config.gatewayTimeout) : 8_000)).unref()
  // Calls that wait return, and the page asks another process.
  await changes.close()
  await serving.drain(pause)
  await connection.close()
  stopWatch()
  await Promise.all([database.end({ timeout: 5 }), pulse.end({ timeout: 0 }), hints.close(), stopTracing()])
  process.exit(0)
})
