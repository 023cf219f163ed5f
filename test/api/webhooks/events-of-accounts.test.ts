import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findSealedAccount, openKeys } from '../../../store/gateway-accounts/keys.ts'
import { event, now, signer } from '../../support/api/stripe-events.ts'
import { eventEndpoint, type ReceivedEvent } from '../../support/gateways/event-endpoint.ts'
import { command, connectAccount, payPalKeys, stripeKeys, useAccounts } from '../../support/gateways/own-accounts.ts'
import { until } from '../../support/until.ts'
import { accountSealing, webhookSecret } from '../../support/world/gateways.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// An event concerns the objects of the account at whose address it arrives, and only its secrets verify it.

let world: World
/** The other organization, which has an account of its own, too. */
let otherKey: string
beforeAll(async () => {
  world = await createWorld({ listen: true, paypal: true, longestRetryPause: 300 })
  otherKey = world.seeds.other_org.secret_key
})
afterAll(async () => {
  expect((await world.request(`${world.simulator.url}/_sim/accounts`)).body.cross_account).toBe(0)
  await world.close()
})

/** Everything that an event could change, and the calls that it could cause. */
async function everything() {
  const tables = await Promise.all(
    ['payment_objects', 'charges', 'billing_customers', 'gateway_customers', 'events', 'method_removals'].map(
      (table) => world.sql`select md5(string_agg(t::text, '|' order by t::text)) as sum from ${world.sql(table)} t`,
    ),
  )
  const calls = await Promise.all(
    [world.simulator, world.paypal!].map(
      async ({ url }) => (await world.request(`${url}/_sim/accounts`)).body.accounts,
    ),
  )
  return { tables: tables.map(([row]) => row!.sum as string), calls }
}

const countedOf = async (gateway: string) =>
  Number(
    (await world.sql`select coalesce(sum(count), 0) as n from refused_gateway_events where gateway = ${gateway}`)[0]!.n,
  )
/** What the handler found about an event: the tables change later, by the worker. */
const found = (id: string) =>
  world.logged
    .map((line) => JSON.parse(line) as { event?: string; msg: string })
    .filter(({ event }) => event === id)
    .map(({ msg }) => msg)
const unknown = 'a gateway event refers to an unknown object'
const idOf = ({ body }: ReceivedEvent) => (JSON.parse(body) as { id: string }).id
const recorded = async (accountId: string, id: string) =>
  (await world.sql`select 1 from gateway_events where account_id = ${accountId} and id = ${id}`).length

describe('Stripe', () => {
  let [ours, theirs] = ['', '']
  let secrets: Record<string, string>
  let paid: { bc: string; payment: string; method: string; customer: string }

  beforeAll(async () => {
    ours = await connectAccount(world, 'stripe', stripeKeys('shopa'))
    theirs = await connectAccount(world, 'stripe', stripeKeys('shopb'), otherKey)
    await useAccounts(world, 'own_or_shared')
    secrets = Object.fromEntries(
      await Promise.all([ours, theirs].map(async (id) => [id, await secretOf(id)] as [string, string])),
    )
    const { bc } = await world.openSetup()
    await world.asNative('POST', `/v1/test_helpers/billing_customers/${bc}/submit`, { outcome: 'pays' })
    await world.ended(bc)
    const [row] = await world.sql<{ objectId: string; paymentMethodId: string; gatewayCustomerId: string }[]>`
      select p.object_id, b.payment_method_id, b.gateway_customer_id from billing_customers b
        join onboardings o on o.billing_customer_id = b.id join payment_objects p on p.onboarding_id = o.id
      where b.id = ${bc} and b.account_id = ${ours}`
    paid = {
      bc,
      payment: row!.objectId,
      method: row!.paymentMethodId,
      customer: row!.gatewayCustomerId,
    }
    await settled()
  })

  /** The events about the payment have arrived, and the runs that they caused have ended. */
  async function settled(): Promise<void> {
    await world.allDelivered()
    await world.atRest(paid.bc)
  }

  async function secretOf(id: string): Promise<string> {
    const sealed = await findSealedAccount(world.sql, id)
    return openKeys(accountSealing, sealed!).webhookSecrets[0]!
  }

  let number = 0
  const newEvent = (object: object, type: string) => event(object, { type, id: `evt_accounts_${++number}` })
  const about = () => ({
    'a refund of a payment': newEvent(
      { object: 'charge', id: 'ch_1', payment_intent: paid.payment },
      'charge.refunded',
    ),
    'a payment, with our metadata': newEvent(
      { object: 'payment_intent', id: paid.payment, metadata: { onboarding_id: 'onb_1' } },
      'payment_intent.succeeded',
    ),
    'a payment method': newEvent({ object: 'payment_method', id: paid.method }, 'payment_method.detached'),
    'a customer': newEvent({ object: 'customer', id: paid.customer }, 'customer.deleted'),
  })

  const sendTo = (accountId: string, body: object, secret: string, timestamp = now()) => {
    const payload = JSON.stringify(body)
    const signature = signer.generateTestHeaderString({ payload, secret, timestamp })
    const headers = { 'Stripe-Signature': signature, 'Content-Type': 'application/json' }
    return world.request(`/webhooks/stripe/${accountId}`, { method: 'POST', body: payload, headers })
  }

  test.each(['a refund of a payment', 'a payment, with our metadata', 'a payment method', 'a customer'] as const)(
    'about %s of another account: signed with either secret, it touches nothing',
    async (what) => {
      const before = await everything()
      const rejected = await countedOf('stripe')
      const said = about()[what]
      // At the address of the other account, and at that of the installation's.
      for (const [address, secret] of [
        [theirs, secrets[theirs]!],
        ['ga_stripe_sandbox', webhookSecret],
      ] as const) {
        expect((await sendTo(address, said, secrets[ours]!)).status).toBe(400)
        // With our metadata it could be of a payment that is being recorded: it is to be sent again.
        expect((await sendTo(address, said, secret)).status).toBe(what.includes('metadata') ? 503 : 200)
      }
      // Events of methods and customers change the tables at once, if at all.
      expect(found(said.id)).toEqual(/refund|metadata/.test(what) ? [unknown, unknown] : [])
      expect(await countedOf('stripe')).toBe(rejected + 2)
      expect(await recorded(ours, said.id)).toBe(0)
      expect(await everything()).toEqual(before)
    },
  )

  test('an event that is replayed is not handled again, and an old signature is rejected', async () => {
    const said = about()['a payment method']
    expect((await sendTo(ours, said, secrets[ours]!)).status).toBe(200)
    const before = await everything()
    expect((await sendTo(ours, said, secrets[ours]!)).status).toBe(200)
    expect((await sendTo(ours, said, secrets[ours]!, now() - 600)).status).toBe(400)
    expect(await everything()).toEqual(before)
    expect(await recorded(ours, said.id)).toBe(1)
  })

  test.each(['drain', 'disable'])('after %s, the events of an account are still handled', async (name) => {
    await command(world, ours, name)
    const before = (await world.eventTypes(paid.bc)).length
    const amount = name === 'drain' ? '500' : '1000'
    await world.request(`${world.simulator.url}/v1/refunds`, {
      method: 'POST',
      headers: { Authorization: 'Bearer sk_test_shopa' },
      body: new URLSearchParams({ payment_intent: paid.payment, amount }),
    })
    const expected = name === 'drain' ? 'charge.partially_refunded' : 'charge.refunded'
    await until(async () => (await world.eventTypes(paid.bc)).slice(before).includes(expected))
    await settled()
  })

  test('an unknown account, one of another gateway and an invalid id get the same answer', async () => {
    const wallet = await connectAccount(world, 'paypal', payPalKeys('wallet-of-nobody'), otherKey)
    await command(world, wallet, 'disable', {}, otherKey)
    const said = about()['a payment method']
    const before = await everything()
    const answers = []
    for (const id of ['ga_01k2unknown', wallet, 'GA-1', `ga_${'x'.repeat(200)}`, "ga_'--"])
      answers.push(await sendTo(encodeURIComponent(id), said, secrets[ours]!))
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 404, body: { error: 'not found' } })
    expect(await everything()).toEqual(before)
  })
})

describe('PayPal', () => {
  let [ours, theirs] = ['', '']
  let paid: { bc: string; order: string; wallet: string; capture: string }
  const hosts: { close(): void }[] = []
  afterAll(() => hosts.forEach((host) => host.close()))

  beforeAll(async () => {
    ours = await connectAccount(world, 'paypal', payPalKeys('wallet-of-a'))
    theirs = await connectAccount(world, 'paypal', payPalKeys('wallet-of-b'), otherKey)
    await useAccounts(world, 'own_or_shared')
    const { bc, page } = await world.openSetup()
    expect((await page.submitPayPal()).status).toBe(202)
    await world.ended(bc)
    const [charge] = await world.payPalCharges(bc)
    const [row] = await world.sql<{ paymentMethodId: string }[]>`
      select payment_method_id from billing_customers where id = ${bc} and account_id = ${ours}`
    paid = { bc, order: charge.order, capture: charge.id, wallet: row!.paymentMethodId }
    await world.allDeliveredByPayPal()
    await world.atRest(bc)
  })

  /** Calls PayPal as an account's owner. */
  async function at(client: string, method: string, path: string, body?: object) {
    const { url } = world.paypal!
    const basic = Buffer.from(`${client}:secret-of-${client}`).toString('base64')
    const token = await world.request(`${url}/v1/oauth2/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    return world.request(`${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token.body.access_token}`, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  }

  /** Returns an event of an account as PayPal signs it for the account's endpoint, without delivering it there. */
  async function signedEvent(client: string, type: string, resource: object): Promise<ReceivedEvent> {
    const host = await eventEndpoint()
    hosts.push(host)
    const { body } = await at(client, 'GET', '/v1/notifications/webhooks')
    const [{ id, url }] = body.webhooks
    const move = (value: string) =>
      at(client, 'PATCH', `/v1/notifications/webhooks/${id}`, [{ op: 'replace', path: '/url', value }])
    await move(host.url)
    await world.simulatePayPal(`events?account=${client}`, { type, resource })
    await until(() => host.received.length > 0)
    await move(url)
    return host.received[0]!
  }

  const deliver = ({ headers, body }: ReceivedEvent, accountId: string) =>
    world.request(`/webhooks/paypal/${accountId}`, {
      method: 'POST',
      body,
      headers: Object.fromEntries(
        Object.entries(headers).filter(([name]) => name.startsWith('paypal-')) as [string, string][],
      ),
    })

  test.each([
    ['a payment method', 'VAULT.PAYMENT-TOKEN.DELETED', () => ({ id: paid.wallet }), []],
    ['an order', 'CHECKOUT.ORDER.COMPLETED', () => ({ id: paid.order }), [unknown]],
  ] as const)('about %s of another account, signed for either account', async (_what, type, resource, finds) => {
    const [genuine, foreign] = [
      await signedEvent('wallet-of-a', type, resource()),
      await signedEvent('wallet-of-b', type, resource()),
    ]
    const { tables } = await everything()
    expect((await deliver(genuine, theirs)).status).toBe(400)
    expect((await deliver(genuine, 'ga_paypal_sandbox')).status).toBe(400)
    expect((await deliver(foreign, ours)).status).toBe(400)
    expect((await deliver(foreign, theirs)).status).toBe(200)
    expect(found(idOf(foreign))).toEqual(finds)
    expect((await everything()).tables).toEqual(tables)
    const id = idOf(genuine)
    expect(await recorded(ours, id)).toBe(0)
    expect((await deliver(genuine, ours)).status).toBe(200)
    expect(await recorded(ours, id)).toBe(1)
    expect(found(id)).toEqual([])
    await world.atRest(paid.bc)
  })

  test('an event that names a capture of another account is read at its own account, where there is none', async () => {
    const foreign = await signedEvent('wallet-of-b', 'CUSTOMER.DISPUTE.CREATED', {
      dispute_id: 'PP-D-9',
      disputed_transactions: [{ seller_transaction_id: paid.capture }],
    })
    const { tables } = await everything()
    expect((await deliver(foreign, theirs)).status).toBe(200)
    expect(found(idOf(foreign))).toEqual(['a gateway event is not relevant here'])
    expect((await everything()).tables).toEqual(tables)
  })

  test.each(['drain', 'disable'])('after %s, the events of an account are still handled, once', async (name) => {
    await command(world, ours, name)
    const said = await signedEvent('wallet-of-a', 'VAULT.PAYMENT-TOKEN.DELETED', { id: paid.wallet })
    expect((await deliver(said, ours)).status).toBe(200)
    expect(await recorded(ours, idOf(said))).toBe(1)
    const { tables } = await everything()
    expect((await deliver(said, ours)).status).toBe(200)
    expect((await everything()).tables).toEqual(tables)
  })
})
