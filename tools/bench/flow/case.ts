import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { commands } from '../../../admin/commands.ts'
import { clientOptions } from '../../../runtime/temporal.ts'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { gatewaysFrom } from '../../../gateways/from-config.ts'
import { openDatabase } from '../../../store/database/database.ts'
import { workerLimits } from '../../../worker/run-worker.ts'
import { createEndpoint, untilDelivered } from '../../webhooks/traffic.ts'
import { naiveFlow, ourFlow } from './flows.ts'
import { drive } from './lanes.ts'
import { cpuTimes, percentile } from '../measure.ts'
import { noOpGateways } from './no-op-gateway.ts'
import { exportSpans, measureSdk, reportMetrics } from '../telemetry/observed.ts'

// One case in its own process, with the servers in the environment. Prints one line of JSON per run. Usage:
// `tsx tools/bench/flow/case.ts <ours|naive|naive+eager|ours+simulator> <total>x<lanes> …`

const [name = 'ours', ...runs] = process.argv.slice(2)
const env = (variable: string) => process.env[variable] ?? ''
const pids = { temporal: Number(env('BENCH_TEMPORAL_PID')), postgres: Number(env('BENCH_POSTGRES_PID')) }
const simulator = env('BENCH_STRIPE_URL')

await exportSpans()
const sdk = await measureSdk()
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: {
    logging: { filter: { core: 'ERROR', other: 'ERROR' } },
    ...(sdk ? { metrics: sdk.telemetry } : {}),
  },
  workerHeartbeatInterval: 0,
  shutdownSignals: [],
})
const database = openDatabase(env('BENCH_DATABASE_URL'), { name: 'bench', max: 20 })
const native = await NativeConnection.connect({ address: env('BENCH_TEMPORAL_ADDRESS') })
const client = new Client({
  connection: await Connection.connect(clientOptions({ address: env('BENCH_TEMPORAL_ADDRESS') })),
})
const taskQueue = `bench-${process.pid}`

const run = (command: string, options: Record<string, string>) =>
  commands[command]!.run({ database, settingDefaults: builtInSettings }, options) as Promise<{ id: string }>
const { id: organizationId } = await run('create-organization', { name: `Bench ${name}` })
const { id: brandId } = await run('create-brand', { organization: organizationId, name: 'Bench' })
const { id: itemId } = await run('create-item', {
  organization: organizationId,
  environment: 'sandbox',
  name: 'Bench',
  type: 'trigger',
  amount: '100',
})

const receiverUrl = env('BENCH_RECEIVER_URL')
const endpoint = receiverUrl && (await createEndpoint(database, organizationId, receiverUrl))

const account = {
  secretKey: 'sk_test_bench',
  publishableKey: 'pk_test_bench',
  webhookSecrets: ['whsec_bench'],
  apiUrl: simulator,
  returnUrl: 'https://bench.example/returned',
  jsUrl: simulator,
}
async function createSimulatorToken(): Promise<string> {
  const body = new URLSearchParams({ payment_method: 'pm_card_visa' })
  const made = await fetch(`${simulator}/v1/test_helpers/confirmation_tokens`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_test_bench' },
    body,
  })
  return ((await made.json()) as { id: string }).id
}
const atGateway = name === 'ours+simulator'
const dependencies = {
  database,
  client,
  taskQueue,
  organization: { organizationId, brandId, itemId },
  gateways: atGateway ? gatewaysFrom({ stripe: { sandbox: account } }, 20_000) : noOpGateways(),
  newToken: atGateway ? createSimulatorToken : async () => `ctoken_${randomUUID()}`,
}
await reportMetrics(database, dependencies.gateways, sdk)
const flow = name.startsWith('naive') ? await naiveFlow(dependencies) : ourFlow(dependencies)

const bundle = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  logger: new DefaultLogger('ERROR'),
})
const worker = await Worker.create({
  ...workerLimits,
  connection: native,
  taskQueue,
  activities: flow.activities,
  workflowBundle: bundle,
  // The server's default: it does not start activities eagerly with the workflow task.
  ...(name === 'naive' ? { maxEagerActivityReservationsPerWorkflowTask: 0 } : {}),
})
await worker.runUntil(async () => {
  await drive(flow, 64, 32)
  for (const each of runs) {
    const [total, lanes] = each.split('x').map(Number) as [number, number]
    const before = cpuTimes(pids)
    const began = performance.now()
    const answers = await drive(flow, total, lanes)
    const seconds = (performance.now() - began) / 1000
    if (endpoint) await untilDelivered(database, [endpoint], 60_000)
    const after = cpuTimes(pids)
    const perOnboarding = (part: keyof typeof before) => (after[part] - before[part]) / total
    const last = await flow.create(0)
    await flow.finish(last)
    const result = {
      name,
      total,
      lanes,
      perSecond: total / seconds,
      answer: { p50: percentile(answers, 0.5), p95: percentile(answers, 0.95) },
      cpu: { app: perOnboarding('app'), temporal: perOnboarding('temporal'), postgres: perOnboarding('postgres') },
      events: await flow.historyLength(last),
    }
    console.log(JSON.stringify(result))
  }
})
process.exit(0)
