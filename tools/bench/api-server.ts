import { Hono } from 'hono'
import { createApp } from '../../api/app.ts'
import { serveApi } from '../../api/serve.ts'
import type { RateLimit } from '../../api/call/limits/rate-limit.ts'
import { builtInSettings } from '../../domain/tenant/settings.ts'
import { createAddressRules } from '../../receivers/addresses.ts'
import { createLog } from '../../runtime/log.ts'
import { openChangeFeed } from '../../store/changes/change-feed.ts'
import { openHints } from '../../store/changes/hints.ts'
import { createAccountSealing } from '../../store/gateway-accounts/account-sealing.ts'
import { createSealing } from '../../store/database/sealing.ts'
import { openDatabase } from '../../store/database/database.ts'
import { newId } from '../../store/database/new-id.ts'
import { noOpGateways } from './flow/no-op-gateway.ts'
import { exportSpans, reportMetrics } from './telemetry/observed.ts'

// One API in its own process: `api-server.ts <bare|memory|postgres>`. `bare` is a handler with one statement. The
// others are our API with the rate limit in memory or in PostgreSQL. Sends its port to the parent process, and at each
// message of it the memory in use, in bytes.

const [name = 'bare'] = process.argv.slice(2)
const url = process.env.BENCH_DATABASE_URL!
await exportSpans()
const gateways = noOpGateways()
const hints = openHints(url, 'bench')
// The same options as in api/main.ts.
const database = openDatabase(url, {
  name: `bench ${name}`,
  max: 20,
  statementTimeout: 2_500,
  transactionTimeout: 5_000,
  afterChange: hints.send,
})

function bare(): Hono {
  const app = new Hono()
  app.post('/insert', async (c) => {
    const { organization_id, ...body } = await c.req.json<Record<string, string>>()
    const row = { id: newId('customer'), organization_id, environment: 'sandbox', ...body }
    const [made] = await database`insert into customers ${database(row as never)} returning *`
    return c.json(made, 201)
  })
  app.post('/select', async (c) => {
    const { id } = await c.req.json<{ id: string }>()
    const [found] = await database`select * from billing_customers where id = ${id}`
    return c.json(found, 200)
  })
  return app
}

const ours = (store: RateLimit['store']) =>
  createApp(
    {
      database,
      databaseAnswers: async () => true,
      changes: openChangeFeed({ url, name: 'bench', database, hints }),
      // The measured calls must not start runs.
      runs: { start: () => {}, signal: () => {} } as never,
      gateways,
      settingDefaults: builtInSettings,
      publicUrl: 'http://127.0.0.1',
      setupLinkSecrets: ['a-secret-of-this-bench-and-no-other-at-all'],
      trustedProxies: [],
      rateLimit: { store, perMinute: 100_000_000, failuresPerMinute: 1_000_000 },
      accountSealing: createAccountSealing([]),
      webhooks: { sealing: createSealing([], 'webhook'), rules: createAddressRules([], []) },
      log: createLog({ level: 'warn', format: 'json', name: 'bench' }),
    },
    { database: async () => ({ isUsable: true }), temporal: async () => true },
  )

await reportMetrics(database, gateways)
const app = name === 'bare' ? bare() : ours(name as RateLimit['store'])
// Connections must stay open while other cases run.
const { listening } = serveApi({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', keepAlive: 600 })
void listening.then((port) => process.send!(port))
process.on('message', () => {
  // The second collection also returns memory to the system.
  for (let times = 0; times < 2; times++) globalThis.gc?.()
  process.send!(process.memoryUsage.rss())
})
