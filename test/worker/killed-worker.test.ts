import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { WorkerProcess } from '../support/world/worker-process.ts'
import { slowDown } from '../support/slow-step.ts'
import { createWorld, type World } from '../support/world/world.ts'

/** Waits until a step is running. Its work goes on after `end`. */
interface Held {
  reached(): Promise<void>
  end(): Promise<void>
}

const atGateway = (world: World, path: string): Promise<Held> =>
  world.hold(path).then(({ reached, release }) => ({ reached, end: release }))

/** The gateway has executed the call, and the worker waits for a response that never comes. */
async function afterGateway(world: World, path: string): Promise<Held> {
  await world.fault(path, 'lose_answer')
  const pattern = new RegExp(`^${path.replace('*', '[^/]+')}$`)
  const isDone = ({ path: asked, status }: { path: string; status: number }) => pattern.test(asked) && status !== 0
  const count = async () => (await world.simulate('requests')).body.requests.filter(isDone).length as number
  const before = await count()
  return { reached: () => until(async () => (await count()) > before).then(() => {}), end: async () => {} }
}

const inDatabase =
  (table: string, change: string) =>
  (world: World): Promise<Held> =>
    slowDown(world, table, change)

/** Opens an onboarding and submits its first card. */
async function submit(world: World): Promise<string> {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  return bc
}

/** Opens the replacement of a method and submits the next card. */
async function replace(world: World, bc: string): Promise<void> {
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, {})
  const next = world.pageOf(body.replacement.setup_url)
  await next.submitCard('5555555555554444', { amount: 0, currency: 'USD' })
}

async function expectChargedOnce(world: World, bc: string): Promise<void> {
  expect(await world.ended(bc)).toBe('completed')
  const { charges, refunds } = await world.ledger(bc)
  expect(charges).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
  expect(refunds).toEqual([])
  expect((await world.edge('getEnrollments', { billing_customer_id: bc })).body.count).toBe(1)
}

async function expectSwappedOnce(world: World, bc: string): Promise<void> {
  const { payment_method } = await until(
    () => world.billingCustomer(bc),
    ({ replacement }) => replacement.status === 'completed',
  )
  const { charges, methods } = await world.ledger(bc)
  expect(charges).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
  expect(methods).toMatchObject([{ id: payment_method.id, last4: '4444' }])
}

const confirm = '/v1/payment_intents/*/confirm'
const calls: Record<string, (world: World) => Promise<Held>> = {
  'creating the customer at the gateway': (world) => atGateway(world, '/v1/customers'),
  'creating the payment at the gateway': (world) => atGateway(world, '/v1/payment_intents'),
  'confirming the payment': (world) => atGateway(world, confirm),
  'confirming the payment, executed but not answered': (world) => afterGateway(world, confirm),
}
const swapCalls: Record<string, (world: World) => Promise<Held>> = {
  'saving the new method, executed but not answered': (world) => afterGateway(world, '/v1/setup_intents/*/confirm'),
  'detaching the old method': (world) => atGateway(world, '/v1/payment_methods/*/detach'),
}

// One worker is killed while each of these calls is in progress, for an onboarding of its own.
describe('a worker that is killed while', () => {
  let world: World
  const bcs: Record<string, string> = {}
  beforeAll(async () => {
    world = await createWorld({ worker: false })
    // A call that is held must not time out before the worker is killed.
    const worker = new WorkerProcess(world, { GATEWAY_TIMEOUT_MS: '60000' })
    const held: Held[] = []
    const during = async (hold: (world: World) => Promise<Held>, act: () => Promise<unknown>) => {
      const next = await hold(world)
      held.push(next)
      await act()
      await next.reached()
    }
    try {
      await worker.start()
      for (const name of Object.keys(swapCalls)) bcs[name] = await submit(world)
      for (const name of Object.keys(swapCalls)) expect(await world.ended(bcs[name]!)).toBe('completed')
      for (const [name, hold] of Object.entries(calls))
        await during(hold, async () => (bcs[name] = await submit(world)))
      for (const [name, hold] of Object.entries(swapCalls)) await during(hold, () => replace(world, bcs[name]!))
    } finally {
      await worker.kill('SIGKILL')
    }
    for (const { end } of held) await end()
    await world.startWorker()
  })
  afterAll(() => world.close())

  test.each(Object.keys(calls))('%s: the onboarding completes with one charge', (name) =>
    expectChargedOnce(world, bcs[name]!),
  )
  test.each(Object.keys(swapCalls))('%s: swapped once, nothing charged, the old one detached', (name) =>
    expectSwappedOnce(world, bcs[name]!),
  )
})

const writes: Record<string, (world: World) => Promise<Held>> = {
  'claiming the record': inDatabase('onboardings', 'update new.started_at is not null and old.started_at is null'),
  'writing the payment object': inDatabase('payment_objects', "insert new.state = 'creating'"),
  'keeping the id of the payment': inDatabase(
    'payment_objects',
    "update new.state = 'open' and old.state = 'creating'",
  ),
  'noting that the card is sent': inDatabase(
    'payment_attempts',
    'update new.sent_at is not null and old.sent_at is null',
  ),
  'writing that it is paid': inDatabase('payment_objects', "update new.state = 'paid' and old.state <> 'paid'"),
  'activating and enrolling': inDatabase(
    'billing_customers',
    "update new.status = 'active' and old.status = 'pending'",
  ),
}
const swapWrites: Record<string, (world: World) => Promise<Held>> = {
  'swapping the method': inDatabase('onboardings', 'update new.swapped_at is not null and old.swapped_at is null'),
}

/** Gives the work a world whose worker is killed, in its next write of this kind, by the function that it is given. */
async function killing(
  hold: (world: World) => Promise<Held>,
  work: (world: World, kill: (act: () => Promise<unknown>) => Promise<void>) => Promise<void>,
): Promise<void> {
  const world = await createWorld({ worker: false })
  const worker = new WorkerProcess(world)
  const kill = async (act: () => Promise<unknown>) => {
    const held = await hold(world)
    await act()
    await held.reached()
    await worker.kill('SIGKILL')
    await held.end()
    await world.startWorker()
  }
  try {
    await worker.start()
    await work(world, kill)
  } finally {
    await worker.kill('SIGKILL')
    await world.close()
  }
}

// A write that is slow holds a connection and its locks: each has a worker and a database of its own.
describe.concurrent('a worker that is killed while', () => {
  test.each(Object.entries(writes))('%s: the onboarding completes with one charge', (_, hold) =>
    killing(hold, async (world, kill) => {
      let bc = ''
      await kill(async () => (bc = await submit(world)))
      await expectChargedOnce(world, bc)
    }),
  )
  test.each(Object.entries(swapWrites))('%s: swapped once, nothing charged, the old one detached', (_, hold) =>
    killing(hold, async (world, kill) => {
      const bc = await submit(world)
      expect(await world.ended(bc)).toBe('completed')
      await kill(() => replace(world, bc))
      await expectSwappedOnce(world, bc)
    }),
  )
})
