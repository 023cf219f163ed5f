import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { readConfig } from '../config.ts'
import { gatewaysFrom } from '../gateways/from-config.ts'
import { createLog } from '../log.ts'
import { beforeStart } from '../start.ts'
import { stopOnSignals } from '../stop.ts'
import { openDatabase } from '../store/database.ts'
import { requireUsableServer } from '../store/server-problem.ts'
import { createApp } from './app.ts'
import { checkServices, pulseOf } from './ready.ts'
import { serveApi } from './serve.ts'
import { temporalRuns } from './services/runs.ts'

const config = await beforeStart(() => readConfig(process.env, ['database', 'http', 'links', 'gateways']))
const log = createLog({ ...config.log, name: 'api' })
const isServerChecked = await beforeStart(() => requireUsableServer(config.databaseUrl))
const database = openDatabase(config.databaseUrl, {
  name: 'api',
  max: 20,
  statementTimeout: 2_500,
  transactionTimeout: 5_000,
})
const pulse = openDatabase(config.databaseUrl, { name: 'api, pulse', max: 1 })
const databaseAnswers = pulseOf(pulse)

// Short pauses: a deadline is looked at between tries only. The connection is made when it is needed, so that the API
// starts and answers while Temporal is away.
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
const retries = makeGrpcRetryInterceptor(
  defaultGrpcRetryOptions({ maxAttempts: 5, factor: 1.3, initialIntervalMs: () => 40 }),
)
const connection = Connection.lazy({ ...connectionOptions, interceptors: [retries] })
const client = new Client({ connection, namespace })

const app = createApp(
  {
    database,
    databaseAnswers,
    runs: temporalRuns({ client, taskQueue: config.taskQueue, log }),
    gateways: gatewaysFrom(config.gateways, config.gatewayTimeout),
    settingDefaults: config.settingDefaults,
    publicUrl: config.publicUrl,
    setupLinkSecrets: config.setupLinkSecrets,
    trustedProxies: config.trustedProxies,
    rateLimit: config.rateLimit,
    hstsSeconds: config.hstsSeconds,
    temporalUi: config.temporalUiUrl ? { url: config.temporalUiUrl, namespace } : undefined,
    log,
  },
  checkServices({
    database,
    checkServer: isServerChecked ? undefined : () => requireUsableServer(config.databaseUrl),
    connection,
    namespace,
    log,
  }),
)

const server = serveApi({ fetch: app.fetch, port: config.port, hostname: config.host }, (port) => {
  log.info({ port, url: config.publicUrl }, 'api ready')
  process.send?.('ready')
})

stopOnSignals(() => {
  log.info('draining')
  server.close(async () => {
    await connection.close()
    await Promise.all([database.end({ timeout: 5 }), pulse.end({ timeout: 0 })])
    process.exit(0)
  })
  // Connections that stay open keep nobody waiting for long.
  setTimeout(() => process.exit(0), 8_000).unref()
})
