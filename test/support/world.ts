import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker'
import { pino, type Logger } from 'pino'
import { inject } from 'vitest'
import { createActivities } from '../../activities/index.ts'
import { commands } from '../../admin/commands.ts'
import { createApp } from '../../api/app.ts'
import type { RateLimit } from '../../api/rate-limit.ts'
import { checkServices, pulseOf } from '../../api/ready.ts'
import { temporalRuns } from '../../api/services/runs.ts'
import { builtInSettings, type Settings } from '../../domain/settings.ts'
import { gatewaysFrom } from '../../gateways/from-config.ts'
import { freePort } from '../../local/ports.ts'
import { seed, type Seeds } from '../../local/seed.ts'
import { startPayPalSimulator, type PayPalSimulator } from '../../simulators/paypal/server.ts'
import type { StripeSimulator } from '../../simulators/stripe/server.ts'
import { openDatabase, type Database } from '../../store/database.ts'
import { createWorker } from '../../worker/run-worker.ts'
import { startStarter, type Starter } from '../../worker/starter.ts'
import { freshDatabase } from './database.ts'
import { historiesOf, leaksIn } from './histories.ts'
import { startJudgedSimulator } from './judged-simulator.ts'
import { SetupPage } from './setup-page.ts'
import { until } from './until.ts'

export interface WorldOptions {
  settings?: Partial<Settings>
  /** Milliseconds for a call to the gateway. */
  gatewayTimeout?: number
  longestRetryPause?: number
  /** Whether a worker runs from the start. */
  worker?: boolean
  /** Whether the environment live is set up too; at the same simulator, so that whatever crosses would be found there. */
  live?: boolean
  /** Whether customers can pay with PayPal too. */
  paypal?: boolean
  trustedProxies?: string[]
  rateLimit?: RateLimit
  /** Whether to keep what the API logs. */
  listen?: boolean
  /** Servers of its own, for worlds that stop them. */
  temporalAddress?: string
  templateUrl?: string
}

export interface Answer {
  status: number
  headers: Headers
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at answers of every shape
  body: any
}

const webhookSecret = 'whsec_test_only'
/** The endpoint's secret is being rolled: this one is the next. */
const nextWebhookSecret = 'whsec_test_next'
const payPalWebhookId = 'WH-TEST-ONLY'
Runtime.install({
  logger: new DefaultLogger('ERROR', () => {}),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
  workerHeartbeatInterval: 0,
  shutdownSignals: [],
})

/** Everything that one test file owns: a database, a Stripe simulator, an API on a port, a worker on its own task queue. */
export class World {
  readonly taskQueue = `test-${randomUUID()}`
  readonly secrets = new Set<string>()
  /** What the API said, where the world was asked to listen. */
  readonly logged: string[] = []
  readonly log: Logger
  sql!: Database
  databaseUrl!: string
  simulator!: StripeSimulator
  paypal: PayPalSimulator | undefined
  seeds!: Seeds
  client!: Client
  apiUrl!: string
  private readonly closers: (() => Promise<unknown>)[] = []
  private running: { stop(): Promise<void> } | undefined
  private readonly options: WorldOptions
  private readonly folder = mkdtempSync(join(tmpdir(), 'billing-onboarding-world-'))
  private native!: NativeConnection
  starter: Starter | undefined

  constructor(options: WorldOptions) {
    this.options = options
    const write = (line: string) => void this.logged.push(line)
    this.log = options.listen ? pino({ level: 'info' }, { write }) : pino({ level: process.env.TEST_LOG ?? 'silent' })
  }

  get settingDefaults(): Settings {
    return { ...builtInSettings, ...this.options.settings }
  }

  async open(): Promise<this> {
    const database = await freshDatabase(this.options.templateUrl)
    this.sql = database.sql
    this.databaseUrl = database.url
    this.closers.push(() => database.drop())
    this.simulator = await startJudgedSimulator({ folder: this.folder })
    this.closers.push(() => this.simulator.close())
    if (this.options.paypal) {
      this.paypal = await startPayPalSimulator({ folder: this.folder })
      this.closers.push(() => this.paypal!.close())
    }
    // The first connection may take longer than it is given on a busy machine.
    await until(() => this.sql`select 1`.then(Boolean, () => false))
    this.seeds = await seed(
      { database: this.sql, settingDefaults: this.settingDefaults },
      join(this.folder, 'seeds.json'),
    )
    for (const key of [this.seeds.secret_key, this.seeds.publishable_key, this.seeds.other_org.secret_key])
      this.secrets.add(key)
    const retries = makeGrpcRetryInterceptor(
      defaultGrpcRetryOptions({ maxAttempts: 5, factor: 1.3, initialIntervalMs: () => 40 }),
    )
    const address = this.options.temporalAddress ?? inject('temporalAddress')
    const connection = Connection.lazy({ address, interceptors: [retries] })
    this.native = await NativeConnection.connect({ address })
    this.closers.push(
      () => connection.close(),
      () => this.native.close(),
    )
    this.client = new Client({ connection })
    await this.startApi(connection)
    if (this.options.worker !== false) await this.startWorker()
    return this
  }

  get gateways() {
    return this.gatewaysAt({ stripe: this.simulator.url, paypal: this.paypal?.url })
  }

  /** The gateways as somebody has them who reaches the vendors by other addresses. */
  gatewaysAt({ stripe: url, paypal: payPalUrl }: { stripe: string; paypal?: string | undefined }) {
    const account = {
      secretKey: 'sk_test_world',
      publishableKey: 'pk_test_world',
      webhookSecrets: [nextWebhookSecret, webhookSecret],
      apiUrl: url,
      jsUrl: `${url}/stripe.js`,
    }
    const paypal = this.paypal && {
      clientId: 'client-of-the-world',
      clientSecret: 'only-for-tests',
      webhookId: payPalWebhookId,
      apiUrl: payPalUrl,
      jsUrl: `${this.paypal.url}/web-sdk/v6/core`,
      webhookRoot: this.paypal.rootCertificate,
    }
    const accounts = {
      stripe: { sandbox: account, ...(this.options.live ? { live: account } : {}) },
      ...(paypal ? { paypal: { sandbox: paypal } } : {}),
    }
    return gatewaysFrom(accounts, this.options.gatewayTimeout ?? 5_000)
  }

  private async startApi(connection: Connection): Promise<void> {
    const pulse = openDatabase(this.databaseUrl, { name: 'test, pulse', max: 1 })
    const port = await freePort()
    this.apiUrl = `http://127.0.0.1:${port}`
    const app = createApp(
      {
        database: this.sql,
        databaseAnswers: pulseOf(pulse),
        runs: temporalRuns({ client: this.client, taskQueue: this.taskQueue, log: this.log }),
        gateways: this.gateways,
        settingDefaults: this.settingDefaults,
        publicUrl: this.apiUrl,
        trustedProxies: this.options.trustedProxies ?? [],
        rateLimit: this.options.rateLimit ?? { store: 'memory', perMinute: 1_000_000 },
        setupLinkSecrets: ['a-secret-of-this-test-run-and-no-other'],
        log: this.log,
      },
      checkServices({ database: this.sql, connection, namespace: 'default' }),
    )
    const server = await new Promise<Server>((resolve) => {
      const made = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => resolve(made as Server)) as Server
    })
    this.simulator.sendEventsTo({ url: `${this.apiUrl}/webhooks/stripe`, secret: webhookSecret })
    this.paypal?.sendEventsTo({ url: `${this.apiUrl}/webhooks/paypal`, webhookId: payPalWebhookId })
    this.closers.push(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pulse.end({ timeout: 1 })
    })
  }

  get activities() {
    return this.activitiesWith(this.gateways)
  }

  activitiesWith(gateways: World['gateways']) {
    const { sql: database, settingDefaults } = this
    return createActivities({
      database,
      gateways,
      settingDefaults,
      longestRetryPause: this.options.longestRetryPause ?? 2_000,
    })
  }

  /** Starts the worker and its starter. */
  async startWorker(): Promise<void> {
    const bundle = { code: readFileSync(inject('bundlePath'), 'utf8') }
    const worker = await createWorker({
      connection: this.native,
      namespace: 'default',
      taskQueue: this.taskQueue,
      activities: this.activities,
      bundle,
    })
    const run = worker.run()
    const starter = startStarter({
      database: this.sql,
      client: this.client,
      taskQueue: this.taskQueue,
      log: this.log,
      every: 200,
    })
    this.running = {
      stop: async () => {
        await starter.stop()
        worker.shutdown()
        await run
      },
    }
  }

  async stopWorker(): Promise<void> {
    const { running } = this
    this.running = undefined
    await running?.stop()
  }

  /** Ends the world, after it was made sure that no history of it holds a secret or personal data. */
  async close(): Promise<void> {
    try {
      const leaks = (await historiesOf(this.client, this.taskQueue)).flatMap(({ workflowId, text }) =>
        leaksIn(text, this.secrets).map((leak) => `${workflowId} holds ${leak}`),
      )
      if (leaks.length > 0) throw new Error(`histories hold what they must not:\n${leaks.join('\n')}`)
      await this.checkPayPal()
    } finally {
      await this.stopWorker()
      for (const close of this.closers.reverse()) await close()
      rmSync(this.folder, { recursive: true, force: true })
    }
  }

  /** Nothing that was sent to PayPal or answered by it may differ from its documents, where they are at hand. */
  private async checkPayPal(): Promise<void> {
    if (!this.paypal) return
    const { body } = await this.request(`${this.paypal.url}/_sim/requests`)
    const wrong = (body.requests as { path: string; violations: string[] }[]).flatMap(({ path, violations }) =>
      violations.map((violation) => `${path}: ${violation}`),
    )
    if (wrong.length > 0) throw new Error(`PayPal would not have it:\n${wrong.join('\n')}`)
  }

  simulatePayPal(path: string, body?: object): Promise<Answer> {
    const init = body
      ? { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
      : {}
    return this.request(`${this.paypal!.url}/_sim/${path}`, init)
  }

  /** What somebody does at Stripe: in its dashboard, or with another program. */
  atStripe(method: string, path: string, form: Record<string, string> = {}): Promise<Answer> {
    const headers = { Authorization: 'Bearer sk_test_dashboard' }
    const body = method === 'POST' ? { body: new URLSearchParams(form) } : {}
    return this.request(`${this.simulator.url}${path}`, { method, headers, ...body })
  }

  /** What somebody does at PayPal: in its dashboard, or with another program. */
  async atPayPal(method: string, path: string, body?: object): Promise<Answer> {
    const Authorization = `Basic ${Buffer.from('dashboard:secret').toString('base64')}`
    const token = await this.request(`${this.paypal!.url}/v1/oauth2/token`, {
      method: 'POST',
      headers: { Authorization },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    const headers = {
      Authorization: `Bearer ${token.body.access_token}`,
      'Content-Type': 'application/json',
      'PayPal-Request-Id': `dashboard-${randomUUID()}`,
    }
    return this.request(`${this.paypal!.url}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  }

  /** A wallet that belongs to a customer of this organization, for callers to bring. */
  async payPalWallet(): Promise<string> {
    const { body: customer } = await this.asNative('POST', '/v1/customers', {})
    await this.sql`
      insert into gateway_customers (environment, organization_id, customer_id, gateway, i, gateway_customer_id)
      values ('sandbox', ${this.seeds.org_id}, ${customer.id}, 'paypal', 1, ${customer.id})`
    const setup = await this.atPayPal('POST', '/v3/vault/setup-tokens', {
      payment_source: { paypal: {} },
      customer: { merchant_customer_id: customer.id },
    })
    const { id } = setup.body
    await this.simulatePayPal('approve', { setup_token: id, outcome: 'approve' })
    const source = { token: { id, type: 'SETUP_TOKEN' } }
    return (await this.atPayPal('POST', '/v3/vault/payment-tokens', { payment_source: source })).body.id
  }

  payPalFault(
    path: string,
    fault: string,
    more: { times?: number; delay_ms?: number; code?: string; method?: string } = {},
  ) {
    const { method = 'POST', times = 1, ...rest } = more
    return this.simulatePayPal('faults', { match: { method, path }, times, fault, ...rest })
  }

  /** Charges at PayPal of an onboarding of this billing customer. */
  async payPalCharges(bc: string): Promise<Answer['body'][]> {
    const rows = await this.sql<{ id: string }[]>`select id from onboardings where billing_customer_id = ${bc}`
    const { body } = await this.simulatePayPal('ledger')
    return body.charges.filter((charge: Answer['body']) => rows.some(({ id }) => id === charge.metadata.onboarding_id))
  }

  async request(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(path.startsWith('http') ? path : `${this.apiUrl}${path}`, init)
    const text = await response.text()
    const json = response.headers.get('Content-Type')?.includes('json')
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
  }

  /** Calls the edge door with this world's key, organization and brand; `body` comes over them. */
  edge(action: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    const { secret_key: api_key, org_id, brand_id } = this.seeds
    return this.request(`/public/edge/${action}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ api_key, org_id, brand_id, ...body }),
    })
  }

  /** Calls the native API with this world's key. */
  asNative(method: string, path: string, body?: object, key = this.seeds.secret_key): Promise<Answer> {
    const headers = { Authorization: `Bearer ${key}`, ...(body ? { 'Content-Type': 'application/json' } : {}) }
    return this.request(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  }

  /** A contact id that is personal data, as callers' often are. */
  newContact(): string {
    const contact = `${randomUUID()}@example.com`
    this.secrets.add(contact)
    return contact
  }

  /** Gives out the setup link of a contact through `buildCustomerProfileSetup`. */
  async openSetup(
    contact = this.newContact(),
    extra: object = { bi_id: this.seeds.item_id },
  ): Promise<{ contact: string; bc: string; page: SetupPage }> {
    // As every client does: 503 on a busy machine means to ask again.
    const { status, body } = await until(
      () => this.edge('buildCustomerProfileSetup', { contact_id: contact, ...extra }),
      (answer) => answer.status !== 503,
    )
    if (status !== 200) throw new Error(`buildCustomerProfileSetup answered ${status}: ${JSON.stringify(body)}`)
    return { contact, bc: body.data.billing_customer_id, page: this.pageOf(body.data.setup_url) }
  }

  pageOf(setupUrl: string): SetupPage {
    const page = new SetupPage(this, setupUrl)
    if (page.token.length === 43) this.secrets.add(page.token)
    return page
  }

  billingCustomer = (bc: string): Promise<Answer['body']> =>
    this.asNative('GET', `/v1/billing_customers/${bc}`).then(({ body }) => body)

  /** Waits until the billing customer's onboarding has ended, and answers how. */
  async ended(bc: string, patience?: number): Promise<string> {
    const customer = await until(
      () => this.billingCustomer(bc),
      (b) => b.onboarding.status !== 'pending',
      patience,
    )
    return customer.onboarding.status
  }

  simulate(path: string, body?: object): Promise<Answer> {
    const init = body
      ? { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
      : {}
    return this.request(`${this.simulator.url}/_sim/${path}`, init)
  }

  fault(
    path: string,
    fault: string,
    more: { times?: number; delay_ms?: number; code?: string; advice_code?: string; method?: string } = {},
  ): Promise<Answer> {
    const { method = 'POST', times = 1, ...rest } = more
    return this.simulate('faults', { match: { method, path }, times, fault, ...rest })
  }

  clearFaults = () => this.request(`${this.simulator.url}/_sim/faults`, { method: 'DELETE' })

  async ledger(
    bc: string,
  ): Promise<{ charges: Answer['body'][]; refunded: number; refunds: Answer['body'][]; methods: Answer['body'][] }> {
    const { body } = await this.simulate('ledger')
    const charges = body.charges.filter((charge: Answer['body']) => charge.metadata.billing_customer_id === bc)
    const ids = new Set(charges.map(({ id }: Answer['body']) => id))
    const refunds = body.refunds.filter((refund: Answer['body']) => ids.has(refund.charge))
    const customers = new Set(charges.map(({ customer }: Answer['body']) => customer))
    const methods = body.payment_methods.filter((method: Answer['body']) => customers.has(method.customer))
    return {
      charges,
      refunds,
      methods,
      refunded: charges.reduce((sum: number, { refunded_amount }: Answer['body']) => sum + refunded_amount, 0),
    }
  }

  admin = (command: string, options: Record<string, string>) =>
    commands[command]!.run({ database: this.sql, settingDefaults: this.settingDefaults }, options)

  /** The runs of a billing customer, oldest first. */
  async runsOf(
    bc: string,
  ): Promise<
    { runId: string; status: string; type: string | undefined; handle: ReturnType<Client['workflow']['getHandle']> }[]
  > {
    const { workflow_id: id } = (await this.billingCustomer(bc)).onboarding
    const runs = []
    for await (const run of this.client.workflow.list({ query: `WorkflowId = '${id}'` })) runs.push(run)
    runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime())
    return Promise.all(
      runs.map(async (run) => {
        const handle = this.client.workflow.getHandle(run.workflowId, run.runId)
        const { status } = await handle.describe()
        const failure =
          status.name === 'FAILED'
            ? await handle.result().catch((error: { cause?: { type?: string } }) => error.cause)
            : undefined
        return { runId: run.runId, status: status.name, type: (failure as { type?: string } | undefined)?.type, handle }
      }),
    )
  }

  eventTypes = async (bc: string): Promise<string[]> =>
    (
      await this.sql<
        { type: string }[]
      >`select type from events where billing_customer_id = ${bc} order by created_at, id`
    ).map(({ type }) => type)
}

export const createWorld = (options: WorldOptions = {}): Promise<World> => new World(options).open()
