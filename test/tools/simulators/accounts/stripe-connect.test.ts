import { afterEach, beforeEach, expect, test } from 'vitest'
import { ask } from '../../../support/answer.ts'
import { eventEndpoint } from '../../../support/gateways/event-endpoint.ts'
import {
  browserToken,
  connect,
  control,
  crossAccount,
  eachWithAccounts,
  failure,
  pay,
  restart,
  simulator,
} from '../../../support/gateways/stripe-accounts.ts'
import { until } from '../../../support/until.ts'

eachWithAccounts()
let server: Awaited<ReturnType<typeof eventEndpoint>>
beforeEach(async () => {
  server = await eventEndpoint()
})
afterEach(() => server.close())

const key = 'sk_test_platform'
const [return_url, refresh_url] = ['https://pages.example/return', 'https://pages.example/refresh']
const platform = () => connect(key)
const newAccount = async () => (await platform().accounts.create({ country: 'DE', email: 'owner@example.com' })).id
/** An account that can charge. */
async function newMerchant(): Promise<string> {
  const id = await newAccount()
  await control('restrict', { account: id, charges_enabled: true })
  return id
}
const newLink = (account: string) =>
  platform().accountLinks.create({ account, type: 'account_onboarding', return_url, refresh_url })
/** Opens a link and submits its page. Returns the URL to which it redirects. */
async function enter(link: string, outcome: string): Promise<string | null> {
  const { status, body } = await ask(link, { redirect: 'manual' })
  expect(status).toBe(200)
  const session = /name="session" value="(\w+)"/.exec(body as string)![1]!
  const form = { method: 'POST', redirect: 'manual', body: new URLSearchParams({ session, outcome }) } as const
  return (await ask(link, form)).headers.get('Location')
}
const openAgain = async (link: string) => (await ask(link, { redirect: 'manual' })).headers.get('Location')
const invalid = (id: string) => ({
  statusCode: 403,
  code: 'account_invalid',
  message:
    `The provided key 'sk_test_****form' does not have access to account '${id}' (or that account does not exist). ` +
    'Application access may have been revoked.',
  param: undefined,
})

test('a platform acts on a connected account, which has its own objects, also after a restart', async () => {
  const id = await newMerchant()
  const { id: intent } = await pay(connect(key, id))
  await restart()
  expect((await connect(key, id).paymentIntents.retrieve(intent)).status).toBe('succeeded')
  expect((await connect(key, id).accounts.retrieveCurrent()).id).toBe(id)
  expect((await control(`ledger?account=${id}`)).charges).toHaveLength(1)
  expect((await control('ledger?account=acct_sim_platform')).charges).toEqual([])
  expect(await crossAccount()).toBe(0)
  expect(await failure(platform().paymentIntents.retrieve(intent))).toMatchObject({ statusCode: 404 })
  expect(await crossAccount()).toBe(1)
})

test('an account that is not connected to the platform, or does not exist, is refused', async () => {
  await connect('sk_test_other').accounts.retrieveCurrent()
  for (const id of ['acct_sim_other', 'acct_1nobody'])
    expect(await failure(connect(key, id).customers.create({}))).toEqual(invalid(id))
  const id = await newAccount()
  expect(await failure(connect('sk_test_other', id).customers.create({}))).toMatchObject({ code: 'account_invalid' })
  expect(await crossAccount()).toBe(3)
  await control('settings?account=acct_sim_other', { platform: false })
  const wanted = { statusCode: 403, code: 'platform_account_required' }
  expect(await failure(connect('sk_test_other').accounts.create({}))).toMatchObject(wanted)
})

test('connected accounts are listed and read by their platform alone', async () => {
  const [first, second] = [await newAccount(), await newAccount()]
  expect((await platform().accounts.list()).data.map(({ id }) => id)).toEqual([second, first])
  expect(await platform().accounts.retrieve(first)).toMatchObject({
    country: 'DE',
    email: 'owner@example.com',
    charges_enabled: false,
    details_submitted: false,
    capabilities: { card_payments: 'inactive' },
  })
  expect((await connect('sk_test_other').accounts.list()).data).toEqual([])
})

test('the owner completes an account by a link, which can be opened once and for five minutes', async () => {
  const id = await newAccount()
  const { url } = await newLink(id)
  expect(await enter(url, 'later')).toBe(return_url)
  expect((await platform().accounts.retrieve(id)).details_submitted).toBe(false)
  expect(await openAgain(url)).toBe(refresh_url)
  expect(await enter((await newLink(id)).url, 'review')).toBe(return_url)
  const reviewed = { details_submitted: true, charges_enabled: false, capabilities: { card_payments: 'pending' } }
  expect(await platform().accounts.retrieve(id)).toMatchObject(reviewed)
  expect(await enter((await newLink(id)).url, 'complete')).toBe(return_url)
  const completed = { charges_enabled: true, capabilities: { card_payments: 'active' } }
  expect(await platform().accounts.retrieve(id)).toMatchObject(completed)
  const late = (await newLink(id)).url
  await control('clock', { advance_seconds: 300 })
  expect(await openAgain(late)).toBe(refresh_url)
})

test('a link requires both URLs and a connected account', async () => {
  const id = await newAccount()
  const links = platform().accountLinks
  expect(await failure(links.create({ account: id, type: 'account_onboarding', refresh_url }))).toMatchObject({
    code: 'parameter_missing',
    param: 'return_url',
  })
  expect(await failure(newLink('acct_1nobody'))).toMatchObject({ statusCode: 400, code: 'resource_missing' })
})

test("events of connected accounts go to the platform's Connect endpoint, with the account", async () => {
  const id = await newAccount()
  const events = { enabled_events: ['payment_intent.succeeded', 'account.updated'] } as const
  const endpoint = (path: string, more: object) =>
    platform().webhookEndpoints.create({
      url: `${server.url}${path}`,
      enabled_events: [...events.enabled_events],
      ...more,
    })
  const [connected] = [await endpoint('/connect', { connect: true }), await endpoint('/own', {})]
  expect(connected.application).toMatch(/^ca_/)
  await enter((await newLink(id)).url, 'complete')
  await pay(connect(key, id))
  await until(() => server.received.length === 2)
  const got = server.received.map(({ path, body, headers }) => {
    const signature = headers['stripe-signature'] as string
    const event = platform().webhooks.constructEvent(body, signature, connected.secret!)
    return [path, event.type, event.account]
  })
  expect(got).toContainEqual(['/connect', 'payment_intent.succeeded', id])
  expect(got).toContainEqual(['/connect', 'account.updated', id])
  await pay(platform())
  await until(() => server.received.length === 3)
  const { path, body } = server.received[2]!
  expect([path, (JSON.parse(body) as { account?: string }).account]).toEqual(['/own', undefined])
})

test('a restricted account cannot charge, which its key repeats; the restriction and its end are events', async () => {
  const id = await newMerchant()
  const events = ['account.updated' as const]
  await platform().webhookEndpoints.create({ url: server.url, enabled_events: events, connect: true })
  const customer = await connect(key, id).customers.create({})
  const intent = await connect(key, id).paymentIntents.create({ amount: 1500, currency: 'usd', customer: customer.id })
  const confirm = (idempotencyKey: string) =>
    connect(key, id).paymentIntents.confirm(
      intent.id,
      { payment_method: 'pm_card_visa', return_url },
      { idempotencyKey },
    )
  await control('restrict', { account: id, charges_enabled: false })
  const rejected = { statusCode: 400, code: undefined, param: undefined }
  expect(await failure(confirm('first'))).toMatchObject(rejected)
  await control('restrict', { account: id, charges_enabled: true })
  expect(await failure(confirm('first'))).toMatchObject(rejected)
  expect((await confirm('second')).status).toBe('succeeded')
  await until(() => server.received.length === 2)
  const told = server.received.map(({ body }) => {
    const { account, data } = JSON.parse(body) as { account: string; data: { object: { charges_enabled: boolean } } }
    return [account, data.object.charges_enabled]
  })
  expect(told.sort()).toEqual([
    [id, false],
    [id, true],
  ])
})

test('a token of the card form can be of a connected account', async () => {
  const id = await newAccount()
  const form = new URLSearchParams({
    'payment_method_data[type]': 'card',
    'payment_method_data[card][number]': '4242 4242 4242 4242',
  })
  const headers = { Authorization: 'Bearer pk_test_platform', 'Stripe-Account': id }
  const { body: token } = await ask(`${simulator.url}/v1/confirmation_tokens`, { method: 'POST', headers, body: form })
  expect((await connect(key, id).confirmationTokens.retrieve(token.id)).id).toBe(token.id)
  expect(await failure(platform().confirmationTokens.retrieve(token.id))).toMatchObject({ statusCode: 404 })
  const own = (await browserToken('pk_test_platform')).body.id as string
  expect(await failure(connect(key, id).confirmationTokens.retrieve(own))).toMatchObject({ statusCode: 404 })
})
