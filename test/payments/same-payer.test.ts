import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { finishRemovals } from '../../payments/methods/finish-removals.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// Customers of two organizations pay with the same PayPal account. Undoing one of them leaves the payment tokens of the
// others, whichever rule PayPal follows: one token for each approval, or one for each payer at the whole account.

let world: World
beforeAll(async () => {
  world = await createWorld({
    longestRetryPause: 300,
    gatewayTimeout: 700,
    paypal: true,
    settings: { expiryGrace: 1, paypalOrderFlow: 'two_step' },
  })
})
afterEach(() => world.clearPayPalFaults())
afterAll(() => world.close())

const exchange = '/v3/vault/payment-tokens'
const capture = '/v2/checkout/orders/*/capture'
const nothing = { amount: 0, currency: 'USD' }

interface Tenant {
  fields: object
  key: string
  item: string
}
const first = (): Tenant => ({ fields: {}, key: world.seeds.secret_key, item: world.seeds.item_id })
const second = (): Tenant => {
  const { org_id, brand_id, secret_key, item_id } = world.seeds.other_org
  return { fields: { api_key: secret_key, org_id, brand_id }, key: secret_key, item: item_id }
}

const open = (tenant: Tenant, extra: object = {}) =>
  world.openSetup(undefined, { ...tenant.fields, bi_id: tenant.item, ...extra })
const cancel = (tenant: Tenant, bc: string) =>
  world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'by phone' }, tenant.key)

const methodOf = async (bc: string): Promise<string | null> => {
  const [row] = await world.sql<{ paymentMethodId: string | null }[]>`
    select payment_method_id from billing_customers where id = ${bc}`
  return row!.paymentMethodId
}
const statusOf = async (bc: string): Promise<string> => {
  const [row] = await world.sql<{ status: string }[]>`select status from billing_customers where id = ${bc}`
  return row!.status
}
const resultOf = (bc: string, kind = 'onboarding') =>
  until(async () => {
    const [row] = await world.sql<{ result: string | null }[]>`
      select result from onboardings where billing_customer_id = ${bc} and kind = ${kind} order by n desc limit 1`
    return row?.result
  })

/** Payment tokens at PayPal of one payer. */
async function tokensOf(email: string): Promise<string[]> {
  const { body } = await world.simulatePayPal('ledger')
  return body.payment_methods
    .filter((method: { email: string }) => method.email === email)
    .map(({ id }: { id: string }) => id)
}

/** A customer that pays with this payer's wallet and is active. */
async function active(tenant: Tenant, email: string): Promise<string> {
  const { bc, page } = await open(tenant)
  await page.submitPayPal(undefined, email)
  expect(await resultOf(bc)).toBe('completed')
  return bc
}

const payers = new Set<string>()
function newPayer(): string {
  const email = `payer-${payers.size}@personal.example.com`
  payers.add(email)
  return email
}

const expire = (bc: string) => world.admin('extend', { 'billing-customer': bc, seconds: '1' })

/** What is done to C, who pays with the same wallet: each ends with its payment undone. */
const undoings: Record<string, (tenant: Tenant, email: string) => Promise<string>> = {
  'is declined and leaves': async (tenant, email) => {
    const { bc, page } = await open(tenant)
    await world.payPalFault(capture, 'decline')
    await page.submitPayPal(undefined, email)
    await until(async () => (await attemptOf(bc))?.gone)
    await cancel(tenant, bc)
    return bc
  },
  'is canceled while its order cannot be captured': async (tenant, email) => {
    const { bc, page } = await open(tenant)
    await world.payPalFault(capture, 'error_before', { times: 1_000 })
    await page.submitPayPal(undefined, email)
    await until(async () => (await attemptOf(bc))?.sent)
    await cancel(tenant, bc)
    await letTimePass(bc)
    return bc
  },
  'expires after a decline': async (tenant, email) => {
    const { bc, page } = await open(tenant)
    await world.payPalFault(capture, 'decline')
    await world.payPalFault(`${exchange}/*`, 'error_before', { method: 'DELETE' })
    await page.submitPayPal(undefined, email)
    await until(async () => !(await page.progress()).body.paying)
    await expire(bc)
    return bc
  },
  'is canceled while its wallet is being made': async (tenant, email) => {
    const { bc, page } = await open(tenant)
    await world.payPalFault(exchange, 'delay', { delay_ms: 2_500 })
    await page.submitPayPal(undefined, email)
    await until(async () => (await exchangesOf(bc)).length > 0)
    await cancel(tenant, bc)
    return bc
  },
  'is canceled while its wallet is being saved only': async (tenant, email) => {
    const { bc, page } = await openFree(tenant)
    await world.payPalFault(exchange, 'delay', { delay_ms: 2_500 })
    await page.submitPayPal(nothing, email)
    await until(async () => (await exchangesOf(bc)).length > 0)
    await cancel(tenant, bc)
    return bc
  },
  'is canceled after the money moved': async (tenant, email) => {
    const { bc, page } = await open(tenant)
    await world.payPalFault(capture, 'lose_answer')
    await world.payPalFault('/v2/checkout/orders/*', 'error_before', { method: 'GET', times: 1_000 })
    await page.submitPayPal(undefined, email)
    await until(async () => (await world.payPalCharges(bc)).length > 0)
    await cancel(tenant, bc)
    await world.clearPayPalFaults()
    return bc
  },
}

async function attemptOf(bc: string): Promise<{ sent: boolean; gone: boolean; state: string } | undefined> {
  const [row] = await world.sql<{ sent: boolean; gone: boolean; state: string }[]>`
    select a.sent_at is not null as sent, a.method_gone_at is not null as gone, a.state from payment_attempts a
    join onboardings o on o.id = a.onboarding_id where o.billing_customer_id = ${bc}
      order by o.n desc, a.number desc limit 1`
  return row
}

/** A call with a token that others hold may be in progress for the time limit of a step; then the closing continues. */
async function letTimePass(bc: string): Promise<void> {
  const ended = async () => {
    const [row] = await world.sql`select 1 from onboardings where billing_customer_id = ${bc} and ended_at is not null`
    return row !== undefined
  }
  while (!(await ended())) {
    await world.sql`
      update payment_attempts a set sent_at = sent_at - interval '1 hour',
        last_sent_at = last_sent_at - interval '1 hour'
      from onboardings o where o.id = a.onboarding_id and o.billing_customer_id = ${bc}`
    await world.admin('retry-now', { 'billing-customer': bc }).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function openFree(tenant: Tenant) {
  const { body } = await world.edge('createCustomer', {
    ...tenant.fields,
    contact_id: world.newContact(),
    bi_id: tenant.item,
    require_initial: 0,
  })
  return { bc: body.billing_customer_id as string, page: world.pageOf(body.data.setup_url) }
}

async function exchangesOf(bc: string): Promise<object[]> {
  const [row] = await world.sql<{ id: string }[]>`select id from onboardings where billing_customer_id = ${bc}`
  const { body } = await world.simulatePayPal('requests')
  return body.requests.filter(
    ({ path, key }: { path: string; key: string | null }) => path === exchange && key?.startsWith(row!.id),
  )
}

const rules = [
  ['one token for each approval', true],
  ['one token for each payer', false],
] as const

describe.each(rules)('if PayPal issues %s', (_, several) => {
  beforeAll(() => world.simulatePayPal('settings', { multiple_payment_tokens: several }))

  for (const [where, other] of [
    ['in one organization', first],
    ['in two organizations', second],
  ] as const)
    for (const [what, undo] of Object.entries(undoings))
      test(`${where}, C ${what}: A and B keep their payment tokens`, async () => {
        const email = newPayer()
        const [a, b] = [await active(first(), email), await active(other(), email)]
        const before = await tokensOf(email)
        expect(before).toHaveLength(several ? 2 : 1)
        const c = await undo(first(), email)
        expect(['canceled', 'expired']).toContain(await resultOf(c))
        for (const bc of [a, b])
          expect([await statusOf(bc), before]).toEqual(['active', expect.arrayContaining([await methodOf(bc)])])
        // C's own token is removed, if it had one.
        await until(async () => JSON.stringify((await tokensOf(email)).sort()) === JSON.stringify(before.sort()))
        const kept = (await world.payPalCharges(c)).filter(({ amount, refunded_amount }) => refunded_amount < amount)
        expect(kept).toEqual([])
      })

  test('A replaces its wallet by a card: B, of another organization, keeps paying with it', async () => {
    const email = newPayer()
    const [a, b] = [await active(first(), email), await active(second(), email)]
    const old = await methodOf(a)
    await replace(first(), a, (page) => page.submitCard(undefined, nothing))
    expect(await methodOf(a)).not.toBe(old)
    expect(await tokensOf(email)).toEqual([await methodOf(b)])
  })

  test('A replaces its wallet by the same payer’s: both have one at PayPal', async () => {
    const email = newPayer()
    const [a, b] = [await active(first(), email), await active(second(), email)]
    await replace(first(), a, (page) => page.submitPayPal(nothing, email))
    expect(new Set(await tokensOf(email))).toEqual(new Set([await methodOf(a), await methodOf(b)]))
  })

  test('the token is removed when its last holder leaves', async () => {
    const email = newPayer()
    const [a, b] = [await active(first(), email), await active(second(), email)]
    await replace(first(), a, (page) => page.submitCard(undefined, nothing))
    expect(await tokensOf(email)).toEqual([await methodOf(b)])
    await replace(second(), b, (page) => page.submitCard(undefined, nothing))
    await until(async () => (await tokensOf(email)).length === 0)
  })

  test('a canceled replacement by the same payer leaves the customer its token', async () => {
    const email = newPayer()
    const a = await active(first(), email)
    const own = await methodOf(a)
    const { body } = await world.asNative('POST', `/v1/billing_customers/${a}/payment_method`, {})
    await world.payPalFault(exchange, 'delay', { delay_ms: 2_500 })
    await world.pageOf(body.replacement.setup_url).submitPayPal(nothing, email)
    await until(async () => (await attemptOf(a))?.state === 'open')
    await cancel(first(), a)
    expect(['canceled', 'completed']).toContain(await resultOf(a, 'replacement'))
    expect(await tokensOf(email)).toContain(await methodOf(a))
    if (!several) expect(await methodOf(a)).toBe(own)
  })

  test('both submit the wallet by its token, each for its own organization', async () => {
    const email = newPayer()
    const [a, b] = [await active(first(), email), await active(second(), email)]
    for (const [tenant, bc] of [
      [first(), a],
      [second(), b],
    ] as const) {
      const answer = await world.edge('createCustomer', {
        ...tenant.fields,
        contact_id: world.newContact(),
        gateway: 'paypal',
        payment_data: { vault_token: await methodOf(bc) },
      })
      expect([answer.status, answer.body.data?.bc_status]).toEqual([200, 'active'])
    }
  })
})

describe('if PayPal issues one token per payer', () => {
  beforeAll(() => world.simulatePayPal('settings', { multiple_payment_tokens: false }))

  /** C was declined, and its token cannot be deleted just now. */
  async function removing(email: string): Promise<{ bc: string; token: string }> {
    const { bc, page } = await open(first())
    await world.payPalFault(capture, 'decline')
    await world.payPalFault(`${exchange}/*`, 'error_before', { method: 'DELETE', times: 1_000 })
    await page.submitPayPal(undefined, email)
    await until(async () => (await attemptOf(bc))?.state === 'declined')
    const [token] = await tokensOf(email)
    await until(async () => (await removalOf(token!)) === 'removing')
    return { bc, token: token! }
  }
  const removalOf = async (token: string) =>
    (await world.sql`select state from method_removals where method_id = ${token}`)[0]?.state

  test('a token that is being removed is not accepted: the payer approves again, and pays with another', async () => {
    const email = newPayer()
    const { token } = await removing(email)
    const { bc, page } = await open(second())
    await page.submitPayPal(undefined, email)
    await until(async () => (await exchangesOf(bc)).length > 0)
    await world.clearPayPalFaults()
    await until(async () => !(await page.progress()).body.paying)
    expect((await attemptOf(bc))?.state).toBe('void')
    expect([await tokensOf(email), await world.payPalCharges(bc)]).toEqual([[], []])
    await page.submitPayPal(undefined, email)
    expect(await resultOf(bc)).toBe('completed')
    expect(await methodOf(bc)).not.toBe(token)
    expect(await tokensOf(email)).toEqual([await methodOf(bc)])
  })

  test('nor is it accepted if it is only saved, or submitted by a caller', async () => {
    const email = newPayer()
    const { token } = await removing(email)
    const { bc, page } = await openFree(second())
    await page.submitPayPal(nothing, email)
    await until(async () => (await attemptOf(bc))?.state === 'void')
    const brought = await world.edge('createCustomer', {
      contact_id: world.newContact(),
      gateway: 'paypal',
      payment_data: { vault_token: token },
    })
    expect(brought.status).toBe(400)
    await world.clearPayPalFaults()
    await page.submitPayPal(nothing, email)
    // The removal is not finished yet, so the payer may get the same token again.
    if (
      (await until(
        async () => (await attemptOf(bc))?.state,
        (state) => state !== 'open',
      )) === 'void'
    ) {
      await finishRemovals({ database: world.sql, gateways: world.gateways }, -1)
      await page.submitPayPal(nothing, email)
    }
    expect(await resultOf(bc)).toBe('completed')
    expect(await tokensOf(email)).toEqual([await methodOf(bc)])
  })

  test('a removal that no step finished is finished by the periodic cleanup', async () => {
    const email = newPayer()
    const { bc, token } = await removing(email)
    expect(await finishRemovals({ database: world.sql, gateways: world.gateways }, -1)).toBe(0)
    expect([await tokensOf(email), await removalOf(token)]).toEqual([[token], 'removing'])
    await world.clearPayPalFaults()
    const both = () => finishRemovals({ database: world.sql, gateways: world.gateways }, -1)
    await Promise.all([both(), both()])
    expect([await tokensOf(email), await removalOf(token)]).toEqual([[], 'removed'])
    expect((await attemptOf(bc))?.gone).toBe(true)
  })

  test('a capture that succeeds while the closing waits is refunded; the others keep the token', async () => {
    const email = newPayer()
    const a = await active(second(), email)
    const { bc, page } = await open(first())
    await world.payPalFault(capture, 'error_before', { times: 1_000 })
    await page.submitPayPal(undefined, email)
    await until(async () => (await attemptOf(bc))?.sent)
    await cancel(first(), bc)
    const [order] = await until(
      () => world.sql<{ objectId: string }[]>`
        select p.object_id from payment_objects p join onboardings o on o.id = p.onboarding_id
        where o.billing_customer_id = ${bc} and p.closed_at is not null`,
      (rows) => rows.length > 0,
    )
    await world.clearPayPalFaults()
    const payment_source = { paypal: { vault_id: await methodOf(a) } }
    await world.atPayPal('POST', `/v2/checkout/orders/${order!.objectId}/capture`, { payment_source })
    await letTimePass(bc)
    expect(await resultOf(bc)).toBe('canceled')
    await until(async () =>
      (await world.payPalCharges(bc)).every(({ amount, refunded_amount }) => refunded_amount === amount),
    )
    expect(await tokensOf(email)).toEqual([await methodOf(a)])
  })

  test('a token that another program created for the payer is never deleted', async () => {
    const email = newPayer()
    const setup = await world.atPayPal('POST', '/v3/vault/setup-tokens', {
      payment_source: { paypal: {} },
      customer: { merchant_customer_id: 'shopper-7' },
    })
    await world.simulatePayPal('approve', { setup_token: setup.body.id, outcome: 'approve', email })
    const source = { token: { id: setup.body.id, type: 'SETUP_TOKEN' } }
    const { id } = (await world.atPayPal('POST', exchange, { payment_source: source })).body
    const { bc, page } = await open(first())
    await world.payPalFault(capture, 'decline')
    await page.submitPayPal(undefined, email)
    await until(async () => (await attemptOf(bc))?.gone)
    await cancel(first(), bc)
    expect(await resultOf(bc)).toBe('canceled')
    expect(await tokensOf(email)).toEqual([id])
  })
})

async function replace(tenant: Tenant, bc: string, enter: (page: ReturnType<World['pageOf']>) => Promise<unknown>) {
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, {}, tenant.key)
  await enter(world.pageOf(body.replacement.setup_url))
  expect(await resultOf(bc, 'replacement')).toBe('completed')
}
