import type { AddressInfo } from 'node:net'
import { createApp } from '../../../api/app.ts'
import { checkServices, pulseOf } from '../../../api/ready.ts'
import { serveApi } from '../../../api/serve.ts'
import { temporalRuns } from '../../../api/runs.ts'
import type { Gateways } from '../../../gateways/gateways.ts'
import { createAddressRules } from '../../../receivers/addresses.ts'
import { openChangeFeed } from '../../../store/changes/change-feed.ts'
import { openHints } from '../../../store/changes/hints.ts'
import { createSealing } from '../../../store/database/sealing.ts'
import { openDatabase } from '../../../store/database/database.ts'
import { createAccountSealing } from '../../../store/gateway-accounts/account-sealing.ts'
import { accountSealing, connectWebhookSecret, payPalWebhookId, webhookSecret } from './gateways.ts'
import type { WorldOptions } from './options.ts'
import type { Later, Parts } from './parts.ts'

/** Seals the secrets of webhook endpoints. */
export const webhookKey = 'a-key-of-this-test-run-and-of-no-other-one'

/** Starts the API on a free port and makes the simulators send their events to it. Returns its URL. */
export async function startApi(parts: Parts, gateways: Gateways, options: WorldOptions, later: Later): Promise<string> {
  const { isDraining } = options
  const { sql: database, client, connection, taskQueue, settingDefaults, log } = parts
  const pulse = openDatabase(parts.databaseUrl, { name: 'test, pulse', max: 1 })
  later(() => pulse.end({ timeout: 1 }))
  const databaseAnswers = pulseOf(pulse)
  const { hints, changes } = openChanges(parts, options)
  later(() => Promise.all([changes.close(), hints.close()]))
  // The port is bound before it is used, so that no other program can take it.
  const { server, serving } = await listen()
  later(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  serving.app = createApp(
    {
      database,
      databaseAnswers,
      changes,
      runs: temporalRuns({ client, taskQueue, log, database }),
      gateways,
      accountSealing: options.withoutGatewayKeys ? createAccountSealing([]) : accountSealing,
      settingDefaults,
      publicUrl: url,
      trustedProxies: options.trustedProxies ?? [],
      rateLimit: { store: 'memory', perMinute: 1_000_000, failuresPerMinute: 1_000_000, ...options.rateLimit },
      hstsSeconds: options.hstsSeconds,
      webhooks: {
        sealing: createSealing([webhookKey], 'webhook'),
        rules: createAddressRules([{ address: '127.0.0.0', bits: 8, fromPort: 1_024, toPort: 65_535 }], []),
      },
      setupLinkSecrets: ['a-secret-of-this-test-run-and-no-other'],
      log,
    },
    { ...checkServices({ database, connection, namespace: 'default', log }), ...(isDraining ? { isDraining } : {}) },
  )
  const connect = { url: `${url}/webhooks/stripe/connect`, secret: connectWebhookSecret }
  parts.simulator.sendEventsTo({ url: `${url}/webhooks/stripe`, secret: webhookSecret, connect })
  parts.paypal?.sendEventsTo({ url: `${url}/webhooks/paypal`, webhookId: payPalWebhookId })
  return url
}

function openChanges({ databaseUrl: url, sql: database }: Parts, { looksEvery }: WorldOptions) {
  const hints = openHints(url, 'test')
  database.afterChange = hints.send
  return { hints, changes: openChangeFeed({ url, name: 'test', database, hints, every: looksEvery }) }
}

/** Starts a server on a port that the system picks, for an app that needs to know its port. */
async function listen() {
  const serving: { app?: ReturnType<typeof createApp> } = {}
  const fetch = (request: Request, env: object) => serving.app!.fetch(request, env)
  const { server, listening } = serveApi({ fetch, port: 0, hostname: '127.0.0.1', keepAlive: 65 })
  await listening
  return { server, serving }
}
