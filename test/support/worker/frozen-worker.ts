import { afterAll, beforeAll, expect } from 'vitest'
import { openDatabase } from '../../../store/database/database.ts'
import { Gate, type Held } from '../gateways/gate.ts'
import type { SetupPage } from '../world/setup-page.ts'
import { until } from '../until.ts'
import { WorkerProcess } from '../world/worker-process.ts'
import { createWorld, type World } from '../world/world.ts'

export interface Scenario {
  pays: 'card' | 'paypal'
  card?: string
  /** Prefix of the key of the call in which the worker is frozen. */
  call: 'customer' | 'method' | 'payment' | 'confirm' | 'cancel' | 'refund' | 'activation'
  /** Whether the gateway has executed the call, and only the response is missing. */
  when: 'before' | 'after'
  meanwhile: 'completed' | 'canceled' | 'expired' | 'waived'
}

export const bankAsks = '4000002760003184'
export const declines = '4000000000000002'

export const scenarios: Scenario[] = [
  { pays: 'card', call: 'customer', when: 'before', meanwhile: 'completed' },
  { pays: 'card', call: 'payment', when: 'before', meanwhile: 'canceled' },
  { pays: 'card', call: 'payment', when: 'after', meanwhile: 'completed' },
  { pays: 'card', call: 'confirm', when: 'before', meanwhile: 'completed' },
  { pays: 'card', call: 'confirm', when: 'before', meanwhile: 'canceled' },
  { pays: 'card', call: 'confirm', when: 'after', meanwhile: 'completed' },
  { pays: 'card', call: 'confirm', when: 'after', meanwhile: 'canceled' },
  { pays: 'card', call: 'confirm', when: 'before', meanwhile: 'expired', card: bankAsks },
  { pays: 'card', call: 'confirm', when: 'after', meanwhile: 'expired', card: bankAsks },
  { pays: 'card', call: 'confirm', when: 'before', meanwhile: 'waived', card: declines },
  { pays: 'card', call: 'cancel', when: 'before', meanwhile: 'completed', card: bankAsks },
  { pays: 'card', call: 'refund', when: 'before', meanwhile: 'canceled' },
  { pays: 'card', call: 'refund', when: 'after', meanwhile: 'canceled' },
  { pays: 'card', call: 'activation', when: 'before', meanwhile: 'completed' },
  { pays: 'card', call: 'activation', when: 'before', meanwhile: 'canceled' },
  { pays: 'paypal', call: 'method', when: 'before', meanwhile: 'canceled' },
  { pays: 'paypal', call: 'method', when: 'after', meanwhile: 'completed' },
  { pays: 'paypal', call: 'payment', when: 'before', meanwhile: 'canceled' },
  { pays: 'paypal', call: 'payment', when: 'after', meanwhile: 'completed' },
  { pays: 'paypal', call: 'confirm', when: 'before', meanwhile: 'completed' },
  { pays: 'paypal', call: 'confirm', when: 'before', meanwhile: 'canceled' },
  { pays: 'paypal', call: 'confirm', when: 'after', meanwhile: 'canceled' },
  { pays: 'paypal', call: 'confirm', when: 'before', meanwhile: 'waived' },
  { pays: 'paypal', call: 'refund', when: 'before', meanwhile: 'canceled' },
  { pays: 'paypal', call: 'refund', when: 'after', meanwhile: 'canceled' },
]

/** A point where a worker is held; `release` resumes it and resolves when it is through. */
export type Stop = Pick<Held, 'reached' | 'release'>

export interface Setup {
  bc: string
  page: SetupPage
  stop: Stop
  /** What has to be gone through before. */
  paid?: Stop
}

export let world: World
export let gates: Record<Scenario['pays'], Gate>
export let outcomes: PromiseSettledResult<Setup>[]

/** Runs all scenarios with two workers, one of which is frozen meanwhile. */
export function withFrozenWorker(): void {
  beforeAll(async () => {
    world = await createWorld({ worker: false, paypal: true, settings: { expiryGrace: 1 } })
    // Settings of the organization, because the workers are separate processes with the service's defaults.
    await world.admin('set-setting', {
      organization: world.seeds.org_id,
      environment: 'sandbox',
      name: 'paypal_order_flow',
      value: '"two_step"',
    })
    gates = { card: await Gate.open(world.simulator.url), paypal: await Gate.open(world.paypal!.url) }
    await holdActivations()
    const frozen = workerWith(gates.card.url, gates.paypal.url)
    const other = workerWith(world.simulator.url, world.paypal!.url)
    try {
      await frozen.start()
      const begun: Promise<Setup>[] = []
      for (const scenario of scenarios) {
        const setup = await begin(scenario)
        begun.push(untilStopped(scenario, setup))
      }
      await Promise.allSettled(begun)
      frozen.signal('SIGSTOP')
      const acted = await eachOf(begun.map((each, i) => each.then((setup) => act(scenarios[i]!, setup))))
      await other.start()
      const ended = await eachOf(acted.map((each, i) => each.then((setup) => bringToEnd(scenarios[i]!, setup))))
      frozen.signal('SIGCONT')
      outcomes = await Promise.allSettled(ended.map((each) => each.then(goOn)))
      // It exits when all its work is done.
      await frozen.kill('SIGTERM')
    } finally {
      await Promise.all([frozen.kill('SIGKILL'), other.kill('SIGKILL')])
    }
  }, 900_000)
  afterAll(async () => {
    await Promise.all(Object.values(gates).map((gate) => gate.close()))
    await world.close()
  })
}

/** Waits for all promises and returns each, settled. */
export async function eachOf<T>(works: Promise<T>[]): Promise<Promise<T>[]> {
  await Promise.allSettled(works)
  return works
}

export const workerWith = (STRIPE_API_URL: string, PAYPAL_API_URL: string) =>
  new WorkerProcess(world, {
    STRIPE_API_URL,
    PAYPAL_API_URL,
    PAYPAL_TEST_CLIENT_ID: 'client-of-the-world',
    PAYPAL_TEST_CLIENT_SECRET: 'only-for-tests',
    PAYPAL_TEST_WEBHOOK_ID: 'WHTESTONLY',
    GATEWAY_TIMEOUT_MS: '60000',
    RETRY_PAUSE_MAX_MS: '300',
    EXPIRY_GRACE_SECONDS: '1',
  })

export const command = (bc: string, name: 'cancel' | 'waive_initial_charge') =>
  until(
    () => world.asNative('POST', `/v1/billing_customers/${bc}/${name}`, { reason: 'changed their mind' }),
    ({ status }) => status === 200,
  )

export const keyOf = (scenario: Scenario, id: string) =>
  scenario.call === 'customer' ? `${id}/stripe/customer` : `${id}/${scenario.call}/`

/** Lets the customer submit a payment that will be frozen. */
export async function begin(scenario: Scenario): Promise<Setup> {
  const { pays, card, call, when } = scenario
  const { bc, page } = await world.openSetup()
  const { onboarding, customer_id } = await world.billingCustomer(bc)
  const paid = call === 'refund' ? gates[pays].hold(`${onboarding.id}/confirm/`, 'after') : undefined
  const key = keyOf(scenario, call === 'customer' ? customer_id : onboarding.id)
  const stop = call === 'activation' ? await holdActivation(bc) : gates[pays].hold(key, when)
  expect((await (pays === 'card' ? page.submitCard(card) : page.submitPayPal())).status).toBe(202)
  return { bc, page, stop, ...(paid ? { paid } : {}) }
}

export async function untilStopped({ call }: Scenario, setup: Setup): Promise<Setup> {
  const { bc, stop, paid } = setup
  if (call === 'refund') {
    await paid!.reached()
    await command(bc, 'cancel')
    await paid!.release()
  }
  if (call === 'cancel') {
    await until(async () => (await setup.page.progress()).body.action !== undefined)
    await expire(bc)
    // The run waits for the next poll of the bank, unless the customer returns.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    await setup.page.actionCompleted()
  }
  await stop.reached()
  return setup
}

export const expire = (bc: string) => world.admin('extend', { 'billing-customer': bc, seconds: '1' })

/** Applies the event of the scenario before the other worker takes over. */
export async function act({ call, meanwhile }: Scenario, setup: Setup): Promise<Setup> {
  const { bc } = setup
  if (call === 'activation') await setup.stop.release()
  if (meanwhile === 'canceled' && call !== 'refund') await command(bc, 'cancel')
  if (meanwhile === 'expired') await expire(bc)
  if (call === 'cancel') await answerBank(bc)
  if (meanwhile === 'waived') await declineNext(bc)
  return setup
}

/** Answers the bank at the last moment: the link has expired, and its payment is about to be canceled. */
export async function answerBank(bc: string): Promise<void> {
  const [intent] = await world.sql<{ id: string }[]>`
    select p.object_id as id from payment_objects p join onboardings o on o.id = p.onboarding_id
      where o.billing_customer_id = ${bc}`
  await world.simulate('authenticate', { payment_intent: intent!.id, outcome: 'succeed' })
}

/** Makes PayPal decline the next payment of this customer's order. */
export async function declineNext(bc: string): Promise<void> {
  const [order] = await world.sql<{ id: string }[]>`
    select p.object_id as id from payment_objects p join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc} and p.gateway = 'paypal'`
  if (order) await world.payPalFault(`/v2/checkout/orders/${order.id}/capture`, 'decline')
}

export async function bringToEnd({ meanwhile }: Scenario, setup: Setup): Promise<Setup> {
  const { bc, page } = setup
  if (meanwhile === 'waived') {
    await until(async () => !(await page.progress()).body.paying)
    await command(bc, 'waive_initial_charge')
    await until(async () => (await page.progress()).body.amount === 0)
    await page.submitCard(undefined, { amount: 0, currency: 'USD' })
  }
  await world.ended(bc, 240_000)
  return setup
}

export async function goOn(setup: Setup): Promise<Setup> {
  await setup.stop.release()
  return setup
}

export const lockOf = (bc: string) => world.sql`hashtext(${bc})`

/** Makes each activation first take an advisory lock, which a test can hold. */
export async function holdActivations(): Promise<void> {
  await world.sql.unsafe(`
    create function take_turn() returns trigger language plpgsql
      as $$ begin perform pg_advisory_xact_lock(hashtext(new.id)); return new; end $$;
    create trigger in_turn before update on billing_customers
      for each row when (new.status = 'active' and old.status = 'pending') execute function take_turn()`)
}

export async function holdActivation(bc: string): Promise<Stop> {
  const holder = openDatabase(world.databaseUrl, { name: 'holder', max: 1 })
  await holder`select pg_advisory_lock(${lockOf(bc)})`
  const waiting = () => world.sql`
    select 1 from pg_locks where locktype = 'advisory' and not granted
      and objid = (${lockOf(bc)}::bigint & 4294967295)::oid`
  return {
    reached: () => until(async () => (await waiting()).length > 0).then(() => {}),
    async release() {
      await holder.end()
    },
  }
}
