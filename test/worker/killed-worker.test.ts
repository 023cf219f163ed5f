import { describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { WorkerProcess } from '../support/world/worker-process.ts'
import { slowDown } from '../support/slow-step.ts'
import { createWorld, type World } from '../support/world/world.ts'

/** Delays a step. Returns how to detect that it is running and how to resume it. */
type Hold = (world: World) => Promise<{ reached(): Promise<void>; end(): Promise<void> }>

const atGateway =
  (path: string): Hold =>
  async (world) => {
    const { reached, release } = await world.hold(path)
    return { reached, end: release }
  }
/** The gateway has executed the call, and the worker waits for a response that never comes. */
const afterGateway =
  (path: string): Hold =>
  async (world) => {
    await world.fault(path, 'lose_answer')
    const pattern = new RegExp(`^${path.replace('*', '[^/]+')}$`)
    const isDone = ({ path: asked, status }: { path: string; status: number }) => pattern.test(asked) && status !== 0
    return {
      reached: async () => {
        await until(async () => (await world.simulate('requests')).body.requests.some(isDone))
      },
      end: async () => {},
    }
  }
const inDatabase =
  (table: string, change: string): Hold =>
  (world) =>
    slowDown(world, table, change)

const steps: Record<string, Hold> = {
  'claiming the record': inDatabase('onboardings', 'update new.started_at is not null and old.started_at is null'),
  'creating the customer at the gateway': atGateway('/v1/customers'),
  'writing the payment object': inDatabase('payment_objects', "insert new.state = 'creating'"),
  'creating the payment at the gateway': atGateway('/v1/payment_intents'),
  'keeping the id of the payment': inDatabase(
    'payment_objects',
    "update new.state = 'open' and old.state = 'creating'",
  ),
  'noting that the card is sent': inDatabase(
    'payment_attempts',
    'update new.sent_at is not null and old.sent_at is null',
  ),
  'confirming the payment': atGateway('/v1/payment_intents/*/confirm'),
  'confirming the payment, executed but not answered': afterGateway('/v1/payment_intents/*/confirm'),
  'writing that it is paid': inDatabase('payment_objects', "update new.state = 'paid' and old.state <> 'paid'"),
  'activating and enrolling': inDatabase(
    'billing_customers',
    "update new.status = 'active' and old.status = 'pending'",
  ),
}

describe.concurrent('a worker that is killed while', () => {
  for (const [name, hold] of Object.entries(steps)) {
    test(`${name}: the onboarding completes with one charge`, async () => {
      const world = await createWorld({ worker: false })
      const worker = new WorkerProcess(world)
      try {
        const held = await hold(world)
        await worker.start()
        const { bc, page } = await world.openSetup()
        await page.submitCard()
        await held.reached()
        await worker.kill('SIGKILL')
        await held.end()
        await world.startWorker()
        expect(await world.ended(bc)).toBe('completed')
        const { charges, refunds } = await world.ledger(bc)
        expect(charges).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
        expect(refunds).toEqual([])
        expect((await world.edge('getEnrollments', { billing_customer_id: bc })).body.count).toBe(1)
      } finally {
        await worker.kill('SIGKILL')
        await world.close()
      }
    })
  }
})

const swaps: Record<string, Hold> = {
  'saving the new method, executed but not answered': afterGateway('/v1/setup_intents/*/confirm'),
  'swapping the method': inDatabase('onboardings', 'update new.swapped_at is not null and old.swapped_at is null'),
  'detaching the old method': atGateway('/v1/payment_methods/*/detach'),
}

describe.concurrent('a worker that is killed in a replacement while', () => {
  for (const [name, hold] of Object.entries(swaps)) {
    test(`${name}: swapped once, nothing charged, the old one detached`, async () => {
      const world = await createWorld({ worker: false })
      const worker = new WorkerProcess(world)
      try {
        await worker.start()
        const { bc, page } = await world.openSetup()
        await page.submitCard()
        expect(await world.ended(bc)).toBe('completed')
        const held = await hold(world)
        const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, {})
        const next = world.pageOf(body.replacement.setup_url)
        await next.submitCard('5555555555554444', { amount: 0, currency: 'USD' })
        await held.reached()
        await worker.kill('SIGKILL')
        await held.end()
        await world.startWorker()
        const { payment_method } = await until(
          () => world.billingCustomer(bc),
          ({ replacement }) => replacement.status === 'completed',
        )
        const { charges, methods } = await world.ledger(bc)
        expect(charges).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
        expect(methods).toMatchObject([{ id: payment_method.id, last4: '4444' }])
      } finally {
        await worker.kill('SIGKILL')
        await world.close()
      }
    })
  }
})
