import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createApp } from '../../api/app.ts'
import type { RateLimit } from '../../api/dependencies.ts'
import { builtInSettings } from '../../domain/tenant/settings.ts'
import { createLog } from '../../runtime/log.ts'
import { openDatabase } from '../../store/database/database.ts'
import { newId } from '../../store/database/new-id.ts'
import { noOpGateways } from './no-op-gateway.ts'

// One API in a process of its own: `api-server.ts <bare|memory|postgres>`; `bare` is what a handler with one
// statement costs, the others are ours with the rate limit kept there. Sends its port to who started it.

const [name = 'bare'] = process.argv.slice(2)
// As api/main.ts opens it.
const database = openDatabase(process.env.BENCH_DATABASE_URL!, {
  name: `bench ${name}`,
  max: 20,
  statementTimeout: 2_500,
  transactionTimeout: 5_000,
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
      // What is measured here starts no run.
      runs: { start: () => {}, wake: () => {} } as never,
      gateways: noOpGateways(),
      settingDefaults: builtInSettings,
      publicUrl: 'http://127.0.0.1',
      setupLinkSecrets: ['a-secret-of-this-bench-and-no-other-at-all'],
      trustedProxies: [],
      rateLimit: { store, perMinute: 100_000_000, failuresPerMinute: 1_000_000 },
      log: createLog({ level: 'warn', format: 'json', name: 'bench' }),
    },
    { database: async () => ({ isUsable: true }), temporal: async () => true },
  )

const app = name === 'bare' ? bare() : ours(name as RateLimit['store'])
// Connections outlive the turns of the others.
const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send!(port)) as Server
server.keepAliveTimeout = 600_000
