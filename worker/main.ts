import { Client } from '@temporalio/client'
import { Runtime } from '@temporalio/worker'
import { readArguments } from '../runtime/arguments.ts'
import { readConfig } from '../runtime/config.ts'
import { gatewaysFrom } from '../gateways/from-config.ts'
import { createLog } from '../runtime/log.ts'
import { release } from '../domain/release.ts'
import { serveMetrics } from '../runtime/http/metrics-server.ts'
import { beforeStart } from '../runtime/start.ts'
import { stopOnSignals } from '../runtime/stop.ts'
import { openHints } from '../store/changes/hints.ts'
import { openDatabase } from '../store/database/database.ts'
import { watchStalledTransactions } from '../store/database/stalled-transactions.ts'
import { createAccountSealing } from '../store/gateway-accounts/account-sealing.ts'
import { accountFinder } from '../store/gateway-accounts/keys.ts'
import { requireUsableDatabase } from '../store/schema/usable-database.ts'
import { requireSearchAttributes } from '../runtime/search-attributes.ts'
import { connectTo } from './connect.ts'
import { findRunIn } from './log/find-run.ts'
import { workerIdentity } from './identity.ts'
import { temporalLogger } from './log/logger.ts'
import { startHousekeeping } from './housekeeping.ts'
import { metricsWithRecord } from '../metrics/record.ts'
import { measureProcess, registry } from '../metrics/registry.ts'
import { readRecordState } from '../store/measures/record-state.ts'
import { startTracing } from '../traces/start.ts'
import { openSdkMetrics } from './sdk-metrics.ts'
import { startWebhooks } from './webhooks/start.ts'
import { callsPerAccount } from './run-worker.ts'
import { startRuns } from './runs.ts'

readArguments('npm run start:worker\n\n  Variables configure the worker (.env.example).', {})
const config = await beforeStart(() =>
  readConfig(process.env, ['database', 'temporal', 'public-url', 'gateways', 'webhooks']),
)
const log = createLog({ ...config.log, name: 'worker' })
const stopTracing = await startTracing(config.tracing, {
  service: 'billing-onboarding-worker',
  release,
  log,
  unreadVariables: config.unreadTracingVariables,
})
// Temporal is reached with what the runtime below opens.
let findRun: ReturnType<typeof findRunIn> = async () => undefined
const sdkMetrics = config.metrics && (await openSdkMetrics())
Runtime.install({
  logger: temporalLogger(log, (runId) => findRun(runId)),
  shutdownSignals: [],
  telemetryOptions: {
    logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
    ...(sdkMetrics ? { metrics: sdkMetrics.telemetry } : {}),
  },
})

await beforeStart(() => requireUsableDatabase(config.databaseUrl, config))
const { namespace, ...server } = config.temporal
const connection = await beforeStart(() => connectTo(server, namespace))
await beforeStart(() => requireSearchAttributes(connection, namespace))
const hints = openHints(config.databaseUrl, 'worker')
const database = openDatabase(config.databaseUrl, {
  name: 'worker',
  max: 20,
  statementTimeout: 2_500,
  transactionTimeout: 5_000,
  afterChange: hints.send,
})
const own = {
  find: accountFinder(database, createAccountSealing(config.gatewayKeys)),
  places: config.gatewayPlaces,
}
const gateways = gatewaysFrom(config.gateways, config.gatewayTimeout, own, callsPerAccount)
const client = new Client({ connection, namespace, identity: workerIdentity() })
findRun = findRunIn(client)
const shared = { config, connection, namespace, client, log }
const parts = [
  ...(config.workerDoes.includes('runs') ? [await startRuns({ ...shared, database, gateways })] : []),
  ...(config.workerDoes.includes('webhooks') ? [await startWebhooks(shared)] : []),
]
if (config.metrics && sdkMetrics) {
  measureProcess()
  const ours = metricsWithRecord(() => readRecordState(database, gateways.listOfInstallation()))
  const metrics = async (patience: number) => `${await ours(patience)}\n${await sdkMetrics.read()}`
  const health = () => ({ isHealthy: parts.every((part) => part.isRunning()) })
  await beforeStart(() => serveMetrics({ ...config.metrics!, metrics, contentType: registry.contentType, health }))
}
const stopHousekeeping = startHousekeeping(database, gateways, log, config)
const stopWatch = watchStalledTransactions(database, log)

stopOnSignals(() => {
  log.info('draining')
  for (const { shutdown } of parts) shutdown()
})
process.send?.('ready')
log.info({ taskQueue: config.taskQueue, namespace, does: config.workerDoes }, 'worker ready')
await Promise.all(parts.map(({ finished }) => finished))
// Not waited for: a long deletion goes on at the next start.
void stopHousekeeping()
stopWatch()
await connection.close()
await Promise.all([database.end({ timeout: 5 }), hints.close(), stopTracing()])
process.exit(0)
