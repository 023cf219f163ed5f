import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import {
  browserToken,
  connect,
  control,
  crossAccount,
  eachWithAccounts,
  failure,
  pay,
  restart,
} from '../../../support/gateways/stripe-accounts.ts'

eachWithAccounts()

test('a key determines its account; the keys of today are of the default account', async () => {
  const id = async (key: string) => (await connect(key).accounts.retrieveCurrent()).id
  expect(await id('sk_test_shop_a')).toBe('acct_sim_shop_a')
  expect(await id('rk_test_shop_a')).toBe('acct_sim_shop_a')
  expect(await id('sk_live_shop_a')).toBe('acct_sim_shop_a')
  for (const name of ['simulator', 'chaos', 'bench', 'world', 'dashboard', 'x'])
    expect(await id(`sk_test_${name}`)).toBe('acct_sim_default')
})

test('each account has its own objects, idempotency keys and ledger; all ledgers make the sum', async () => {
  const [a, b] = [connect('sk_test_a'), connect('sk_test_b')]
  const first = await a.customers.create({ description: 'of a' }, { idempotencyKey: 'one' })
  const second = await b.customers.create({ description: 'of b' }, { idempotencyKey: 'one' })
  expect(second.id).not.toBe(first.id)
  await pay(a)
  await pay(b)
  await pay(connect('sk_test_x'))
  const charges = async (query = '') => ((await control(`ledger${query}`)).charges as object[]).length
  expect(await charges()).toBe(3)
  expect(await charges('?account=acct_sim_a')).toBe(1)
  expect(await charges('?account=acct_sim_default')).toBe(1)
  expect((await a.paymentIntents.list()).data).toHaveLength(1)
  expect(await crossAccount()).toBe(0)
})

test('an object of another account is missing as if it had never existed, and each try is counted', async () => {
  const [a, b] = [connect('sk_test_a'), connect('sk_test_b')]
  const { id, payment_method: method } = await pay(a)
  expect(await failure(b.paymentIntents.retrieve(id))).toEqual({
    statusCode: 404,
    code: 'resource_missing',
    message: `No such payment_intent: '${id}'`,
    param: 'intent',
  })
  expect(await failure(b.refunds.create({ payment_intent: id }))).toMatchObject({ code: 'resource_missing' })
  expect(await failure(b.paymentMethods.detach(method as string))).toMatchObject({ code: 'resource_missing' })
  const { id: customer } = await a.customers.create({})
  expect(await failure(b.paymentIntents.create({ amount: 1500, currency: 'usd', customer }))).toMatchObject({
    statusCode: 400,
    message: `No such customer: '${customer}'`,
  })
  const { accounts } = await control('accounts')
  expect(accounts).toContainEqual({ id: 'acct_sim_b', calls: 4, cross_account: 4 })
  expect(accounts).toContainEqual({ id: 'acct_sim_a', calls: 4, cross_account: 0 })
  expect((await a.paymentIntents.retrieve(id)).status).toBe('succeeded')
})

test('a token of the card form belongs to the account of its publishable key', async () => {
  const { body: token } = await browserToken('pk_test_a')
  expect(await failure(connect('sk_test_b').confirmationTokens.retrieve(token.id))).toMatchObject({ statusCode: 404 })
  expect((await connect('sk_test_a').confirmationTokens.retrieve(token.id)).id).toBe(token.id)
})

test('live and test data of an account are separate, and objects say which they are', async () => {
  const [sandbox, live] = [connect('sk_test_a'), connect('sk_live_a')]
  const { id } = await live.customers.create({})
  expect((await live.customers.retrieve(id)) as Stripe.Customer).toMatchObject({ livemode: true })
  expect(await failure(sandbox.customers.retrieve(id))).toMatchObject({ statusCode: 404 })
  const { id: intent } = await pay(live)
  expect(await live.paymentIntents.retrieve(intent, { expand: ['payment_method'] })).toMatchObject({
    livemode: true,
    payment_method: { livemode: true },
  })
})

test('the account is shown with what a test has set of it, to itself alone', async () => {
  const a = connect('sk_test_a')
  expect(await a.accounts.retrieveCurrent()).toMatchObject({ country: 'US', charges_enabled: true, object: 'account' })
  await control('settings?account=acct_sim_a', { country: 'DE', charges_enabled: false, display_name: 'Shop A' })
  expect(await a.accounts.retrieve('acct_sim_a')).toMatchObject({
    id: 'acct_sim_a',
    country: 'DE',
    charges_enabled: false,
    settings: { dashboard: { display_name: 'Shop A' } },
  })
  expect((await connect('sk_test_b').accounts.retrieveCurrent()).country).toBe('US')
  expect(await failure(connect('sk_test_b').accounts.retrieve('acct_sim_a'))).toEqual({
    statusCode: 403,
    code: 'account_invalid',
    message:
      "The provided key 'sk_test_b' does not have access to account 'acct_sim_a' (or that account does not exist). " +
      'Application access may have been revoked.',
    param: undefined,
  })
})

describe('keys', () => {
  test.each([
    ['sk_something_else', 'Invalid API Key provided: *************else'],
    ['sk_test_', 'Invalid API Key provided: sk_test_'],
  ])('%s is none', async (key, message) => {
    expect(await failure(connect(key).accounts.retrieveCurrent())).toMatchObject({ statusCode: 401, message })
  })

  test('a rolled key is of the same account, and the old one ends then, or later', async () => {
    const { id } = await connect('sk_test_a').customers.create({})
    const { key } = await control('keys/roll', { key: 'sk_test_a' })
    expect((await connect(key).customers.retrieve(id)).id).toBe(id)
    expect(await failure(connect('sk_test_a').customers.retrieve(id))).toMatchObject({
      statusCode: 401,
      code: 'api_key_expired',
      message: 'Expired API Key provided: sk_test_a',
    })
    const { key: third } = await control('keys/roll', { key, expires_in: 3600 })
    for (const each of [key, third]) expect((await connect(each).customers.retrieve(id)).id).toBe(id)
    await control('clock', { advance_seconds: 3601 })
    expect(await failure(connect(key).customers.retrieve(id))).toMatchObject({ code: 'api_key_expired' })
    expect((await connect(third).customers.retrieve(id)).id).toBe(id)
  })

  test('a revoked key ends; other keys of the account stay valid, also after a restart', async () => {
    await control('keys', { key: 'rk_test_a', revoked: true })
    await restart()
    expect(await failure(connect('rk_test_a').customers.create({}))).toMatchObject({ code: 'api_key_expired' })
    expect((await connect('sk_test_a').customers.create({})).object).toBe('customer')
  })

  test('a restricted key may do what its permissions say; to write includes to read', async () => {
    await control('keys', { key: 'rk_test_a', permissions: ['customer_write', 'charge_read'] })
    const restricted = connect('rk_test_a')
    const { id } = await restricted.customers.create({})
    expect((await restricted.customers.retrieve(id)).id).toBe(id)
    expect((await restricted.refunds.list()).data).toEqual([])
    expect(await failure(restricted.refunds.create({ payment_intent: 'pi_1' }))).toEqual({
      statusCode: 403,
      code: undefined,
      message:
        "Permission denied. The provided key 'rk_test_a' does not have the required permissions for this endpoint " +
        "on account 'acct_sim_a'. Enabling Charges and Refunds Write ('charge_write') permissions on this key would " +
        'allow this request to continue.',
      param: undefined,
    })
    expect(await failure(restricted.accounts.retrieveCurrent())).toMatchObject({ statusCode: 403 })
  })
})

test('a fault can be of one account; without an account it applies to any', async () => {
  const match = { method: 'POST', path: '/v1/customers' }
  await control('faults', { match: { ...match, account: 'acct_sim_a' }, times: 1, fault: 'error_before' })
  expect((await connect('sk_test_b').customers.create({})).object).toBe('customer')
  expect(await failure(connect('sk_test_a').customers.create({}))).toMatchObject({ statusCode: 500 })
  await control('faults', { match, times: 1, fault: 'error_before' })
  expect(await failure(connect('sk_test_b').customers.create({}))).toMatchObject({ statusCode: 500 })
})

test('limits are those of each account', async () => {
  await control('settings?account=acct_sim_a', { calls_per_second: 1 })
  const create = (key: string) => failure(connect(key).customers.create({}))
  const answers = await Promise.all(['a', 'a', 'a', 'b', 'b', 'b'].map((name) => create(`sk_test_${name}`)))
  expect(answers.slice(0, 3).some((answer) => answer?.statusCode === 429)).toBe(true)
  expect(answers.slice(3)).toEqual([undefined, undefined, undefined])
})

test('state of every account survives a restart, and a control finds the account of an object', async () => {
  const { id } = await pay(connect('sk_test_a'))
  await restart()
  const charges = (await control('ledger')).charges as { id: string; payment_intent: string }[]
  expect(charges).toMatchObject([{ payment_intent: id }])
  await control('disputes', { charge: charges[0]!.id })
  expect((await control('ledger?account=acct_sim_a')).charges).toMatchObject([{ disputed: true }])
})
