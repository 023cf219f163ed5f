import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import type { Activities } from '../../../activities/index.ts'
import { commands } from '../../../admin/commands.ts'
import { workflowIdOf } from '../../../domain/onboarding/run.ts'
import type { GatewayAccount } from '../../../domain/reference.ts'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { gatewaysFrom } from '../../../gateways/from-config.ts'
import { clientOptions } from '../../../runtime/temporal.ts'
import { openDatabase, type Database } from '../../../store/database/database.ts'
import { findRun } from '../../../store/onboardings/wake.ts'
import { callsPerAccount, workerLimits } from '../../../worker/run-worker.ts'
import { startStripeSimulator } from '../../simulators/stripe/server.ts'
import { ourFlow } from '../flow/flows.ts'
import { startBenchServers } from '../servers.ts'

/** An organization that onboards customers. */
export interface Shop {
  /** Opens an onboarding. Returns a function that submits a card and resolves when the customer is enrolled. */
  begin(): Promise<() => Promise<void>>
}

/** The limit of a call to the gateway, in milliseconds: the default of GATEWAY_TIMEOUT_MS. */
const timeout = 20_000
const mostFaults = 1_000_000

async function createOrganization(database: Database, name: string) {
  const run = (command: string, options: Record<string, string>) =>
    commands[command]!.run({ database, settingDefaults: builtInSettings }, options) as Promise<{ id: string }>
  const { id: organizationId } = await run('create-organization', { name })
  const { id: brandId } = await run('create-brand', { organization: organizationId, name })
  const tenant = { organization: organizationId, environment: 'sandbox' }
  // Undecided payments of a failing account count as declines: at the limit its traffic would stop.
  await run('set-setting', { ...tenant, name: 'declines_per_organization', value: '100000' })
  const item = { ...tenant, name, type: 'trigger', amount: '100' }
  return { organizationId, brandId, itemId: (await run('create-item', item)).id }
}

const accountOf = (name: string): GatewayAccount => ({
  accountId: `ga_${name}`,
  environment: 'sandbox',
  gateway: 'stripe',
})

/** Starts servers, a worker as in production, and two organizations with an account each at the simulator. */
export async function openShops() {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
    shutdownSignals: [],
  })
  const servers = await startBenchServers((line) => console.log(`  ${line}`))
  const stripe = await startStripeSimulator({ folder: servers.folder })
  const database = openDatabase(servers.databaseUrl, { name: 'bench', max: 20 })
  const native = await NativeConnection.connect({ address: servers.temporalAddress })
  const client = new Client({
    connection: await Connection.connect(clientOptions({ address: servers.temporalAddress })),
  })
  const taskQueue = `bench-${process.pid}`
  const shared = { database, client, taskQueue, gateways: gatewaysAt(stripe.url) }
  const organizations = {
    steady: await createOrganization(database, 'steady'),
    failing: await createOrganization(database, 'failing'),
  }
  const flowOf = (name: keyof typeof organizations) =>
    ourFlow({
      ...shared,
      organization: organizations[name],
      account: accountOf(name),
      newToken: () => newToken(stripe.url, name),
    })
  const [steady, failing] = [flowOf('steady'), flowOf('failing')]
  const terminate = async (onboardingId: string) => {
    const run = await findRun(database, onboardingId)
    // It may have ended meanwhile.
    if (run)
      await client.workflow
        .getHandle(workflowIdOf(run))
        .terminate()
        .catch(() => {})
  }
  const bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../flow/workflows.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  })
  const connection = { connection: native, taskQueue, workflowBundle: bundle }
  const { takePayment, ...otherActivities } = steady.activities as Activities
  const triedAtFailing = new Set<string>()
  const activities = {
    ...otherActivities,
    takePayment(reference: Parameters<typeof takePayment>[0]) {
      const { organizationId, onboardingId } = reference
      if (organizationId === organizations.failing.organizationId) triedAtFailing.add(onboardingId)
      return takePayment(reference)
    },
  }
  const worker = await Worker.create({ ...workerLimits, ...connection, activities })
  const running = worker.run()
  const shopOf = (flow: typeof steady): Shop => ({
    begin: async () => {
      const record = await flow.create(0)
      return () => flow.finish(record)
    },
  })
  return {
    steady: shopOf(steady),
    failing: shopOf(failing),
    faults: faultsAt(stripe.url),
    /** Waits until payments of this many onboardings have been tried at the failing account, for 10 s at most. */
    async tried(count: number): Promise<void> {
      const ends = performance.now() + 10_000
      while (triedAtFailing.size < count && performance.now() < ends) await sleep(50)
    },
    /** Ends the faults, and what waits for the failing account. */
    async recover(): Promise<void> {
      await fetch(`${stripe.url}/_sim/faults`, { method: 'DELETE' })
      const left = await database<{ id: string }[]>`
        select id from onboardings where organization_id = ${organizations.failing.organizationId} and ended_at is null`
      await Promise.all(left.map(({ id }) => terminate(id)))
      triedAtFailing.clear()
      await sleep(2_000)
    },
    async close(): Promise<void> {
      worker.shutdown()
      await running
      await database.end({ timeout: 1 })
      await stripe.close()
      await servers.stop()
    },
  }
}

function gatewaysAt(apiUrl: string) {
  const place = { apiUrl, jsUrl: apiUrl, returnUrl: 'https://bench.example/returned' }
  const find = (accountId: string) => {
    const name = accountId.replace('ga_', '')
    const keys = { publishableKey: `pk_test_${name}`, secretKey: `sk_test_${name}` }
    return Promise.resolve({
      account: accountOf(name),
      status: 'active' as const,
      ownership: 'exclusive' as const,
      revision: '1',
      openKeys: () => ({ ...keys, webhookSecrets: [], webhookEndpointId: null }),
    })
  }
  const wallet = { jsUrl: apiUrl }
  const places = { stripe: { live: place, sandbox: place }, paypal: { live: wallet, sandbox: wallet } }
  return gatewaysFrom({}, timeout, { find, places }, callsPerAccount)
}

async function newToken(url: string, account: string): Promise<string> {
  const body = new URLSearchParams({ payment_method: 'pm_card_visa' })
  const headers = { Authorization: `Bearer sk_test_${account}` }
  const made = await fetch(`${url}/v1/test_helpers/confirmation_tokens`, { method: 'POST', headers, body })
  return ((await made.json()) as { id: string }).id
}

/** What fails at the account, by name. A call that does not answer takes the whole `timeout`. */
function faultsAt(url: string): Record<string, () => Promise<void>> {
  const order =
    (fault: string, more: object = {}) =>
    async () => {
      const match = { method: 'POST', path: '/v1/customers', account: 'acct_sim_failing' }
      const body = JSON.stringify({ match, times: mostFaults, fault, ...more })
      await fetch(`${url}/_sim/faults`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    }
  return {
    'does not answer': order('delay', { delay_ms: 3_600_000 }),
    'answers 500': order('error_before'),
    'answers 429': order('rate_limit'),
  }
}
