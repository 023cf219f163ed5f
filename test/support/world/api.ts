import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { createApp } from '../../../api/app.ts'
import { checkServices, pulseOf } from '../../../api/ready.ts'
import { temporalRuns } from '../../../api/services/runs.ts'
import type { Gateways } from '../../../gateways/gateway.ts'
import { freePort } from '../../../local/ports.ts'
import { openDatabase } from '../../../store/database.ts'
import { payPalWebhookId, webhookSecret } from './gateways.ts'
import type { WorldOptions } from './options.ts'
import type { Later, Parts } from './parts.ts'

/** Starts the API on a port of its own, which the simulators send their events to; answers its URL. */
export async function startApi(parts: Parts, gateways: Gateways, options: WorldOptions, later: Later): Promise<string> {
  const { sql: database, client, connection, taskQueue, settingDefaults, log } = parts
  const pulse = openDatabase(parts.databaseUrl, { name: 'test, pulse', max: 1 })
  later(() => pulse.end({ timeout: 1 }))
  const databaseAnswers = pulseOf(pulse)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const app = createApp(
    {
      database,
      databaseAnswers,
      runs: temporalRuns({ client, taskQueue, log }),
      gateways,
      settingDefaults,
      publicUrl: url,
      trustedProxies: options.trustedProxies ?? [],
      rateLimit: options.rateLimit ?? { store: 'memory', perMinute: 1_000_000 },
      setupLinkSecrets: ['a-secret-of-this-test-run-and-no-other'],
      log,
    },
    checkServices({ database, connection, namespace: 'default', log }),
  )
  const server = await new Promise<Server>((resolve) => {
    const made = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => resolve(made as Server)) as Server
  })
  later(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  parts.simulator.sendEventsTo({ url: `${url}/webhooks/stripe`, secret: webhookSecret })
  parts.paypal?.sendEventsTo({ url: `${url}/webhooks/paypal`, webhookId: payPalWebhookId })
  return url
}
