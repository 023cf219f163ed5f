import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { type World } from '../../support/world/world.ts'
import {
  withOnePayPalAccount,
  world,
  exchange,
  capture,
  nothing,
  type Tenant,
  first,
  second,
  open,
  cancel,
  methodOf,
  resultOf,
  tokensOf,
  active,
  newPayer,
  attemptOf,
  letTimePass,
  openFree,
  exchangesOf,
} from '../../support/payments/shared-payer.ts'

// Customers of two organizations pay with the same PayPal account. Undoing one of them leaves the payment tokens of the
// others, whichever rule PayPal follows: one token for each approval, or one for each payer at the whole account. With
// SHARED_PAYER=whole each undoing is tried in one organization and in two under both rules; without it, in one of them
// under each rule, in the other under the other.

withOnePayPalAccount()

const statusOf = async (bc: string): Promise<string> => {
  const [row] = await world.sql<{ status: string }[]>`select status from billing_customers where id = ${bc}`
  return row!.status
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

const rules = [
  ['one token for each approval', true],
  ['one token for each payer', false],
] as const
const places = [
  ['in one organization', first],
  ['in two organizations', second],
] as const
const isWhole = process.env.SHARED_PAYER === 'whole'

describe.each(rules)('if PayPal issues %s', (_, several) => {
  beforeAll(() => world.simulatePayPal('settings', { multiple_payment_tokens: several }))

  const placesOf = (n: number) => (isWhole ? places : [places[(n + Number(several)) % 2]!])
  for (const [n, [what, undo]] of Object.entries(undoings).entries())
    for (const [where, other] of placesOf(n))
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

async function replace(tenant: Tenant, bc: string, enter: (page: ReturnType<World['pageOf']>) => Promise<unknown>) {
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, {}, tenant.key)
  await enter(world.pageOf(body.replacement.setup_url))
  expect(await resultOf(bc, 'replacement')).toBe('completed')
}
