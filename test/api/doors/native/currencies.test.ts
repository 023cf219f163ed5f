import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { callersExpired } from '../../../support/callers-expired.ts'
import { until } from '../../../support/until.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ paypal: true })
})
afterEach(async () => {
  await world.sql`delete from settings`
  await callersExpired()
})
afterAll(() => world.close())

const native = (method: string, path: string, body?: object) => world.asNative(method, path, body)

/** A customer of a currency of its own; the organization counts in USD. */
async function customerIn(currency: string): Promise<string> {
  const id = `usr_${randomUUID()}`
  const { status, body } = await native('POST', '/v1/customers', { external_id: id, name: 'Ada', currency })
  expect([status, body.currency]).toEqual([201, currency])
  return id
}
const open = async (currency: string, more: object = {}) =>
  native('POST', '/v1/billing_customers', { customer_id: await customerIn(currency), ...more })
const opened = async (currency: string, more: object = {}) => {
  const { status, body } = await open(currency, more)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}
const set = (values: object) => native('PATCH', '/v1/settings', values)
const refusal = async (
  call: Promise<{ status: number; body: { param?: string; detail?: string; errors?: unknown[] } }>,
) => {
  const { status, body } = await call
  return [status, body.detail ?? body.errors?.[0]]
}

test('amount settings apply to the currency of the organization only', async () => {
  expect((await set({ initial_amount: 60, minimum_initial_amount: 50 })).status).toBe(200)
  expect((await opened('USD')).onboarding.amount).toBe(60)
  expect((await opened('USD', { initial_amount: 50 })).onboarding.amount).toBe(50)
  expect((await opened('KRW')).onboarding.amount).toBe(20_000)
  expect((await opened('KWD')).onboarding.amount).toBe(4600)
})

test.each([
  ['KRW', 50, 'initial_amount: must be at least 20000 minor units (20000 KRW)'],
  ['VND', 50, 'initial_amount: must be at least 380000 minor units (380000 VND)'],
  ['KWD', 50, 'initial_amount: must be at least 4600 minor units (4.600 KWD)'],
  ['KWD', 4605, 'initial_amount: must be a multiple of 10 minor units (0.010 KWD): Stripe accepts no smaller unit'],
  ['HUF', 600_050, 'initial_amount: must be a multiple of 100 minor units (1.00 HUF): PayPal accepts no smaller unit'],
  ['USD', 49, 'initial_amount: must be at least 50 minor units (0.50 USD): Stripe accepts no less'],
  ['PHP', 100_000_000, 'initial_amount: must be at most 99999999 minor units (999999.99 PHP): Stripe accepts no more'],
  ['ISK', 1_000_000, 'initial_amount: must be at most 999999 minor units (999999 ISK): Stripe accepts no more'],
])('the native door rejects %s %i, whatever the organization set for USD', async (currency, amount, detail) => {
  // Set behind the doors, which refuse it: an earlier version took it.
  await world.sql`
    insert into settings (organization_id, environment, name, value)
    values (${world.seeds.org_id}, 'sandbox', 'minimum_initial_amount', '1')`
  await callersExpired()
  expect(await refusal(open(currency, { initial_amount: amount }))).toEqual([400, detail])
})

test('the edge door rejects it in major units', async () => {
  const ask = async (currency: string, initial_amount: number) =>
    refusal(world.edge('createCustomer', { contact_id: await customerIn(currency), initial_amount }))
  expect(await ask('KRW', 50)).toEqual([400, 'initial_amount: must be at least 20000 KRW'])
  expect(await ask('USD', 14.99)).toEqual([400, 'initial_amount: must be at least 15.00 USD'])
  expect(await ask('KWD', 4.605)).toEqual([
    400,
    'initial_amount: must be a multiple of 0.010 KWD: Stripe accepts no smaller unit',
  ])
  expect(await ask('EUR', 1e9)).toEqual([400, 'initial_amount: must be at most 999999.99 EUR: Stripe accepts no more'])
  const contact_id = await customerIn('IDR')
  expect((await world.edge('createCustomer', { contact_id, initial_amount: 2_000_000 })).status).toBe(200)
})

test('an operator’s amount has the same bounds: by API, by command and as an update in Temporal', async () => {
  await set({ minimum_initial_amount: 50 })
  const { id } = await opened('KRW')
  const detail = 'must be at least 20000 minor units (20000 KRW)'
  const change = (amount: number) =>
    native('POST', `/v1/billing_customers/${id}/initial_amount`, { amount, reason: 'x' })
  expect(await refusal(change(50))).toEqual([400, `amount: ${detail}`])
  await expect(
    world.admin('change-initial-amount', { 'billing-customer': id, amount: '50', reason: 'x' }),
  ).rejects.toThrow(detail)
  const [run] = await until(
    () => world.runsOf(id).catch(() => []),
    (runs) => runs.length === 1,
  )
  for (const amount of [50, 0, -5, 20_000.5]) {
    await expect(
      run!.handle.executeUpdate('changeInitialAmount', { args: [{ amount, reason: 'x' }] }),
    ).rejects.toThrow()
  }
  expect((await native('GET', `/v1/billing_customers/${id}`)).body.onboarding.amount).toBe(20_000)
  expect((await change(30_000)).body.onboarding.amount).toBe(30_000)
})

test('rejects a setting that no gateway could charge, by API and by command', async () => {
  const least = 'must be at least 50 minor units (0.50 USD): Stripe accepts no less'
  expect(await refusal(set({ initial_amount: 49 }))).toEqual([400, `initial_amount: ${least}`])
  expect(await refusal(set({ minimum_initial_amount: 49 }))).toEqual([
    400,
    expect.stringMatching(/^minimum_initial_amount: must be from 50 minor units \(0\.50 USD\) to 99999999 /),
  ])
  const { id: organization } = (await world.admin('create-organization', { name: 'Won', currency: 'KRW' })) as {
    id: string
  }
  const command = (value: string) =>
    world.admin('set-setting', { organization, environment: 'sandbox', name: 'initial_amount', value })
  await expect(command('50')).rejects.toThrow('must be at least 700 minor units (700 KRW)')
  await expect(command('5000')).rejects.toThrow('must be at least minimum_initial_amount, which is 20000 minor units')
  expect(await command('25000')).toMatchObject({ value: 25000 })
})

test('a currency of one gateway offers only that one, and the other is rejected', async () => {
  const detail = 'gateway: must be stripe for ZAR: PayPal does not support ZAR'
  expect(await refusal(open('ZAR', { gateway: 'paypal' }))).toEqual([400, detail])
  const customer_id = await customerIn('ZAR')
  const first = await native('POST', '/v1/billing_customers', { customer_id })
  expect(await refusal(native('POST', '/v1/billing_customers', { customer_id, gateway: 'paypal' }))).toEqual([
    400,
    detail,
  ])
  expect(await refusal(world.edge('createCustomer', { contact_id: customer_id, gateway: 'paypal' }))).toEqual([
    400,
    detail,
  ])
  expect(
    await refusal(open('ZAR', { gateway: 'paypal', payment_data: { vault_token: 'x1' } })),
    'a saved wallet',
  ).toEqual([400, detail])
  const page = world.pageOf(first.body.setup_url)
  expect((await page.progress()).body.gateways).toEqual(['stripe'])
  expect((await page.openPayPal()).status).toBe(400)
  expect((await page.submitPayPalToken('x', { amount: 27_000, currency: 'ZAR' })).status).toBe(400)
  expect((await world.pageOf((await opened('PHP')).setup_url).progress()).body.gateways).toEqual(['stripe', 'paypal'])
})

test('PayPal is offered in BRL to accounts in Brazil', async () => {
  const gateways = async () => (await world.pageOf((await opened('BRL')).setup_url).progress()).body.gateways
  expect(await gateways()).toEqual(['stripe'])
  expect((await set({ paypal_account_country: 'Brazil' })).status).toBe(400)
  expect((await set({ paypal_account_country: 'BR' })).status).toBe(200)
  expect(await gateways()).toEqual(['stripe', 'paypal'])
})

test('rejects a currency that no gateway of the organization supports, and stores nothing', async () => {
  await set({ gateways: ['paypal'] })
  const [status, detail] = await refusal(open('ZAR'))
  expect([status, detail]).toEqual([
    409,
    expect.stringContaining("none of the organization's gateways (paypal) supports ZAR"),
  ])
})

test('limits the price of an item by its currency, and accepts the country XK', async () => {
  const item = (currency: string, amount: number) =>
    native('POST', '/v1/billable_items', { name: 'x', type: 'one_off', currency, amount })
  expect(await refusal(item('USD', 100_000_000))).toEqual([
    400,
    'amount: must be at most 99999999 minor units (999999.99 USD)',
  ])
  expect((await item('IDR', 100_000_000)).status).toBe(201)
  expect(await refusal(item('XXX', 100))).toEqual([400, expect.stringMatching(/^currency: must be a currency/)])
  const { status, body } = await native('POST', '/v1/customers', { name: 'Ada', address_country: 'XK' })
  expect([status, body.address_country]).toEqual([201, 'XK'])
})

test.each([
  ['KRW', 20_000, 'krw', 20_000],
  ['KWD', 4600, 'kwd', 4600],
  ['ISK', 2000, 'isk', 200_000],
  ['IDR', 25_000_000, 'idr', 25_000_000],
])('%s is charged in Stripe’s minor unit', async (currency, amount, vendor, units) => {
  const body = await opened(currency, { payment_data: { pm_id: 'pm_card_visa' } })
  await world.ended(body.id)
  expect((await world.ledger(body.id)).charges).toMatchObject([{ amount: units, currency: vendor }])
  expect((await native('GET', `/v1/billing_customers/${body.id}`)).body.onboarding).toMatchObject({ amount, currency })
})
