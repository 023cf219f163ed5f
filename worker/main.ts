import { Client } from '@temporalio/client'
import { Runtime } from '@temporalio/worker'
import { createActivities } from '../activities/index.ts'
import { readConfig } from '../runtime/config.ts'
import { gatewaysFrom } from '../gateways/from-config.ts'
import { createLog } from '../runtime/log.ts'
import { beforeStart } from '../runtime/start.ts'
import { stopOnSignals } from '../runtime/stop.ts'
import { openDatabase } from '../store/database/database.ts'
import { watchStalledTransactions } from '../store/database/stalled-transactions.ts'
import { requireUsableDatabase } from '../store/database/usable-database.ts'
import { requireSearchAttributes } from '../runtime/search-attributes.ts'
import { connectTo } from './connect.ts'
import { temporalLogger } from './logger.ts'
import { startBulkDispatcher } from './bulk-dispatcher.ts'
import { startHousekeeping } from './housekeeping.ts'
import { startLostRunSweep } from './lost-runs.ts'
import { createWorker } from './run-worker.ts'
import { scheduleReconciliation } from './schedule-reconcile.ts'
import { startRunDispatcher } from './run-dispatcher.ts'
import { temporalReason } from '../runtime/temporal-errors.ts'

const config = await beforeStart(() =>
  readConfig(process.env, ['database', 'temporal', 'public-url', 'gateways', 'webhooks']),
)
const log = createLog({ ...config.log, name: 'worker' })
Runtime.install({
  logger: temporalLogger(log),
  shutdownSignals: [],
  telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
})

await beforeStart(() => requireUsableDatabase(config.databaseUrl, config))
const { namespace, ...server } = config.temporal
const connection = await beforeStart(() => connectTo(server, namespace))
await beforeStart(() => requireSearchAttributes(connection, namespace))
const database = openDatabase(config.databaseUrl, {
  name: 'worker',
  max: 20,
  statementTimeout: 2_500,
  transactionTimeout: 5_000,
})
const gateways = gatewaysFrom(config.gateways, config.gatewayTimeout)
const activities = createActivities({
  database,
  gateways,
  settingDefaults: config.settingDefaults,
  longestRetryPause: config.longestRetryPause,
})
const worker = await createWorker({
  connection,
  namespace,
  taskQueue: config.taskQueue,
  activities,
  bundle: config.workflowBundle,
})
const client = new Client({ connection, namespace })
await scheduleReconciliation(client, config.taskQueue).catch((error: unknown) =>
  log.error({ reason: temporalReason(error) }, 'the reconciliation schedule could not be created'),
)
const runs = { database, client, taskQueue: config.taskQueue, log }
const dispatcher = startRunDispatcher(runs)
const sweep = startLostRunSweep(runs)
const bulkDispatcher = startBulkDispatcher(runs)

const stopHousekeeping = startHousekeeping(database, gateways, log, config.settingDefaults)
const stopWatch = watchStalledTransactions(database, log)

stopOnSignals(() => {
  log.info('draining')
  worker.shutdown()
})
process.send?.('ready')
log.info({ taskQueue: config.taskQueue, namespace }, 'worker ready')
await worker.run()
await Promise.all([dispatcher.stop(), sweep.stop(), bulkDispatcher.stop()])
stopHousekeeping()
stopWatch()
await connection.close()
await database.end({ timeout: 5 })
process.exit(0)
