import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAccount, refuseCrossAccount, stripeKeys, useAccounts } from '../support/gateways/own-accounts.ts'
import { gatewayKey } from '../support/world/gateways.ts'
import { WorkerProcess } from '../support/world/worker-process.ts'
import { createWorld, type World } from '../support/world/world.ts'

// `ROTATED_ONBOARDINGS=500 npx vitest run test/payments/keys-rotated-under-load.test.ts` is the long version.
const onboardings = Number(process.env.ROTATED_ONBOARDINGS ?? 20)
/** Onboardings that are begun at once. */
const atOnce = 10
/** Seconds for which the gateway accepts a key after it was rolled. */
const overlap = 10

let world: World
let worker: WorkerProcess
let id: string
beforeAll(async () => {
  world = await createWorld({ worker: false })
  worker = new WorkerProcess(world, { GATEWAY_KEYS: gatewayKey })
  await worker.start()
  id = await connectAccount(world, 'stripe', stripeKeys('load'))
  await useAccounts(world, 'own')
})
afterAll(async () => {
  await worker.kill('SIGTERM')
  await world.close()
})

/** Begins an onboarding and submits a payment method. Returns its billing customer. */
async function begin(): Promise<string> {
  const { bc } = await world.openSetup()
  const submitted = await world.asNative('POST', `/v1/test_helpers/billing_customers/${bc}/submit`, { outcome: 'pays' })
  expect(submitted.status).toBe(200)
  return bc
}
const beginAtOnce = () => Promise.all(Array.from({ length: atOnce }, begin))

async function rollWebhookSecret(): Promise<{ webhook_secret: string }> {
  const [row] = await world.sql<[{ endpoint: string }]>`
    select webhook_endpoint_id as endpoint from gateway_accounts where id = ${id}`
  const { body } = await world.simulate(`webhook_endpoints/${row.endpoint}/roll`, { expires_in: overlap })
  return { webhook_secret: body.secret }
}

/** Rolls the key at the gateway and here, again and again, and the webhook secret with it. Returns the former keys. */
async function rotateUntil(isOver: () => boolean): Promise<string[]> {
  let key = stripeKeys('load').secret_key
  const former: string[] = []
  while (!isOver()) {
    const rolled = (await world.simulate('keys/roll', { key, expires_in: overlap })).body.key as string
    // At most five webhook secrets verify events at a time.
    const webhook = former.length < 3 ? await rollWebhookSecret() : {}
    const given = { secret_key: rolled, ...webhook }
    const rotated = await world.asNative('POST', `/v1/gateway_accounts/${id}/rotate`, given)
    expect(rotated.status).toBe(200)
    former.push(key)
    key = rolled
    await sleep(700)
  }
  return former
}

test(
  `${onboardings} onboardings while the keys of their account are rotated: none fails, none is charged twice`,
  { timeout: 120_000 + onboardings * 2_000 },
  async () => {
    const billingCustomers: string[] = []
    let isOver = false
    const paying = (async () => {
      while (billingCustomers.length < onboardings) billingCustomers.push(...(await beginAtOnce()))
      for (const bc of billingCustomers) expect(await world.ended(bc)).toBe('completed')
    })().finally(() => (isOver = true))
    const [, former] = await Promise.all([paying, rotateUntil(() => isOver)])
    expect(former.length).toBeGreaterThan(1)
    // The gateway still accepted the latest of them: what pays now proves that the processes use the current key.
    for (const key of former) await world.simulate('keys', { key, revoked: true })
    const afterwards = await beginAtOnce()
    for (const bc of afterwards) expect(await world.ended(bc)).toBe('completed')
    billingCustomers.push(...afterwards)
    const { length } = billingCustomers

    const charges = await world.sql<{ accountId: string; count: number }[]>`
      select account_id, count(*)::integer as count, count(distinct billing_customer_id)::integer as customers
      from charges where billing_customer_id in ${world.sql(billingCustomers)} group by account_id`
    expect(charges.map((row) => ({ ...row }))).toEqual([{ accountId: id, count: length, customers: length }])
    const { body } = await world.request(`${world.simulator.url}/_sim/ledger?account=load`)
    const paid = body.charges.filter(({ status }: { status: string }) => status === 'succeeded')
    expect(paid).toHaveLength(length)
    const raised = await world.sql`
      select id from events
      where type = 'onboarding.needs_person' and billing_customer_id in ${world.sql(billingCustomers)}`
    expect(raised).toHaveLength(0)
    await refuseCrossAccount(world)
  },
)
