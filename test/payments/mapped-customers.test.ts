import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type Answer, type World } from '../support/world/world.ts'

// Two organizations in both environments, all at one account of the gateway: whatever crosses would be found there.

interface Party {
  name: string
  organization: string
  environment: 'live' | 'sandbox'
  key: string
  /** A customer at the gateway whose metadata names this party. */
  stripeCustomer: string
}

let world: World
let parties: Party[]
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, live: true })
  const { seeds } = world
  parties = []
  for (const [name, organization, sandboxKey] of [
    ['first', seeds.org_id, seeds.secret_key],
    ['second', seeds.other_org.org_id, seeds.other_org.secret_key],
  ] as const)
    for (const environment of ['sandbox', 'live'] as const) {
      const made =
        environment === 'live' && (await world.admin('create-key', { organization, environment, scopes: '*' }))
      const key = made ? (made.key as string) : sandboxKey
      world.secrets.add(key)
      const stripeCustomer = await newStripeCustomer({ organization_id: organization, environment })
      parties.push({ name: `${name} ${environment}`, organization, environment, key, stripeCustomer })
    }
})
afterAll(() => world.close())

async function stripe(path: string, form: Record<string, string> = {}): Promise<Answer['body']> {
  const { body } = await world.request(`${world.simulator.url}${path}`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_test_world' },
    body: new URLSearchParams(form),
  })
  return body
}

const newStripeCustomer = async (metadata: Record<string, string>): Promise<string> =>
  (
    await stripe(
      '/v1/customers',
      Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`metadata[${key}]`, value])),
    )
  ).id

/** Creates a customer of the party that is mapped to a customer at Stripe, and its onboarding. */
async function mapped({ key }: Party, id: string) {
  const { body: customer } = await world.asNative(
    'POST',
    '/v1/customers',
    { external_id: `usr_${randomUUID()}`, integration_entity_mapping: [{ provider: 'stripe', id }] },
    key,
  )
  const { body } = await world.asNative('POST', '/v1/billing_customers', { customer_id: customer.id }, key)
  return { customerId: customer.id as string, bc: body.id as string, page: world.pageOf(body.setup_url) }
}

const read = async ({ key }: Party, bc: string): Promise<Answer['body']> =>
  (await world.asNative('GET', `/v1/billing_customers/${bc}`, undefined, key)).body

/** Waits until a person is needed. Returns the data of the event. */
async function needsPerson(party: Party, bc: string): Promise<{ reason: string; what_to_do: string }> {
  const path = `/v1/events?type=onboarding.needs_person&billing_customer_id=${bc}`
  const { body } = await until(
    () => world.asNative('GET', path, undefined, party.key),
    ({ body }) => body.data.length > 0,
  )
  await until(async () => (await read(party, bc)).onboarding.blocked_on === 'operator')
  return body.data[0].data
}

const completed = (party: Party, bc: string) =>
  until(
    () => read(party, bc),
    ({ status }) => status === 'active',
  )
const chargedCustomers = async (bc: string) => (await world.ledger(bc)).charges.map(({ customer }) => customer)

test('each party is charged through its own mapped customer, and not through another party’s', async () => {
  await Promise.all(
    parties.flatMap((party) =>
      parties.map(async (target) => {
        const { bc, page } = await mapped(party, target.stripeCustomer)
        expect((await page.submitCard()).status).toBe(202)
        if (party === target) {
          await completed(party, bc)
          return expect(await chargedCustomers(bc)).toEqual([target.stripeCustomer])
        }
        const { reason, what_to_do } = await needsPerson(party, bc)
        expect(reason, `${party.name} mapped to ${target.name}`).toBe('mapped_customer_not_ours')
        expect(what_to_do).toContain('Change the mapping')
        expect(await chargedCustomers(bc)).toEqual([])
      }),
    ),
  )
})

test('after the mapping was changed, a retry continues with the submitted card', async () => {
  const [mine, , theirs] = parties as [Party, Party, Party]
  const { bc, page, customerId } = await mapped(mine, theirs.stripeCustomer)
  await page.submitCard()
  await needsPerson(mine, bc)
  const own = await newStripeCustomer({ organization_id: mine.organization, environment: 'sandbox' })
  await world.asNative('PATCH', `/v1/customers/${customerId}`, {
    integration_entity_mapping: [{ provider: 'stripe', id: own }],
  })
  await world.asNative('POST', `/v1/billing_customers/${bc}/retry`)
  await completed(mine, bc)
  expect(await chargedCustomers(bc)).toEqual([own])
})

test('a mapped customer without an owner, a missing one or an invalid id waits for an operator', async () => {
  const [mine] = parties as [Party]
  const gone = await newStripeCustomer({ organization_id: mine.organization, environment: 'sandbox' })
  await world.request(`${world.simulator.url}/v1/customers/${gone}`, {
    method: 'DELETE',
    headers: { Authorization: 'Bearer sk_test_world' },
  })
  const cases = [
    [await newStripeCustomer({}), 'mapped_customer_not_ours'],
    [gone, 'mapped_customer_not_found'],
    ['cus_ofAnotherAccount', 'mapped_customer_not_found'],
    ['..', 'mapped_customer_not_found'],
  ] as const
  await Promise.all(
    cases.map(async ([id, wanted]) => {
      const { bc, page } = await mapped(mine, id)
      await page.submitCard()
      expect((await needsPerson(mine, bc)).reason, id).toBe(wanted)
      expect(await chargedCustomers(bc)).toEqual([])
    }),
  )
})

test('a saved method is charged with the mapped customer, and rejected if it belongs to another one', async () => {
  const [mine] = parties as [Party]
  const own = await newStripeCustomer({ organization_id: mine.organization, environment: 'sandbox' })
  const other = await newStripeCustomer({ organization_id: mine.organization, environment: 'sandbox' })
  const attach = async (customer: string) => (await stripe('/v1/payment_methods/pm_card_visa/attach', { customer })).id
  const [fits, belongsToOther] = [await attach(own), await attach(other)]
  const { bc, customerId } = await mapped(mine, own)
  const pay = (pm_id: string) =>
    world.asNative('POST', '/v1/billing_customers', { customer_id: customerId, payment_data: { pm_id } })
  expect((await pay(belongsToOther)).body).toMatchObject({ status: 400, param: 'payment_data' })
  expect((await pay(fits)).body.status).toBe('active')
  expect(await chargedCustomers(bc)).toEqual([own])
})
