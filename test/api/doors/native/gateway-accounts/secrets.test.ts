import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findSealedAccount, openKeys } from '../../../../../store/gateway-accounts/keys.ts'
import type { Answer } from '../../../../support/answer.ts'
import { everythingStored } from '../../../../support/everything-stored.ts'
import { useAccounts } from '../../../../support/gateways/own-accounts.ts'
import { historiesOf } from '../../../../support/histories.ts'
import { accountSealing } from '../../../../support/world/gateways.ts'
import { createWorld, type World } from '../../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ paypal: true, listen: true, longestRetryPause: 300 })
})
afterAll(() => world.close())

const given = {
  stripe: { secret_key: 'sk_test_leakone', publishable_key: 'pk_test_leakone' },
  rotated: { secret_key: 'rk_test_leakone', webhook_secret: 'whsec_pasted_0123456789abcdef' },
  paypal: { client_id: 'leak-client', client_secret: 'EC-secret-of-the-leak-client-1' },
  rotatedPaypal: { client_secret: 'EC-secret-of-the-leak-client-2' },
}
const secretFields = ['secret_key', 'client_secret', 'webhook_secret']
const givenSecrets = Object.values(given).flatMap((keys) =>
  Object.entries(keys).flatMap(([name, value]) => (secretFields.includes(name) ? [value] : [])),
)
const refusedSecrets = ['sk_live_leaktwo', 'sk_test_leak three', 'rk_test_leakfour', 'EC-secret-of-nobody-0001']

const answers: Answer[] = []
async function call(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await world.request(`/v1/gateway_accounts${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${world.seeds.secret_key}`, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  answers.push(answer)
  return answer
}

/** The forms in which a text could be written somewhere. */
const formsOf = (secret: string) => {
  const bytes = Buffer.from(secret)
  return [secret, bytes.toString('hex'), bytes.toString('base64').replace(/.{0,2}=*$/, ''), encodeURIComponent(secret)]
}

async function openedSecrets(): Promise<string[]> {
  const ids = await world.sql<{ id: string }[]>`select id from gateway_accounts where organization_id is not null`
  const all = await Promise.all(ids.map(({ id }) => findSealedAccount(world.sql, id)))
  return all.flatMap((account) => {
    const { secretKey, webhookSecrets } = openKeys(accountSealing, account!)
    return [secretKey, ...webhookSecrets]
  })
}

test('no secret is in an answer, a log, a history, the database or its idempotency keys, whatever fails', async () => {
  // Every way in which a call can fail.
  await call('', { gateway: 'stripe', ...given.stripe, secret_key: refusedSecrets[0] })
  await call('', { gateway: 'stripe', ...given.stripe, secret_key: refusedSecrets[1] })
  await call('', { gateway: 'stripe', publishable_key: given.stripe.secret_key, secret_key: given.stripe.secret_key })
  await call('', { gateway: 'paypal', ...given.stripe })
  await call('', { gateway: 'paypal', client_id: 'bad-client-id', client_secret: refusedSecrets[3] })
  await world.fault('/v1/account', 'unauthorized', { method: 'GET', times: 1 })
  await call('', { gateway: 'stripe', ...given.stripe })
  await world.fault('/v1/account', 'error_before', { method: 'GET', times: 10 })
  await call('', { gateway: 'stripe', ...given.stripe }, { 'Idempotency-Key': randomUUID() })
  await world.clearFaults()
  expect(answers.map(({ status }) => status).toSorted()).toEqual([400, 400, 400, 400, 400, 400, 503])

  // Connected, repeated, connected twice, verified and rotated.
  const key = { 'Idempotency-Key': randomUUID() }
  const { body: stripe } = await call('', { gateway: 'stripe', ...given.stripe }, key)
  expect((await call('', { gateway: 'stripe', ...given.stripe }, key)).body.id).toBe(stripe.id)
  expect((await call('', { gateway: 'stripe', ...given.stripe })).status).toBe(409)
  const { body: paypal } = await call('', { gateway: 'paypal', ...given.paypal })
  const made = await openedSecrets()
  // The secret of the endpoint that was created at the gateway, which only its response had.
  expect(made.filter((secret) => /^whsec_\w{32}$/.test(secret) && !givenSecrets.includes(secret))).toHaveLength(1)
  for (const { id } of [stripe, paypal]) expect((await call(`/${id}/verify`)).status).toBe(200)
  expect((await call(`/${stripe.id}/rotate`, { secret_key: refusedSecrets[2] })).status).toBe(409)
  expect((await call(`/${stripe.id}/rotate`, given.rotated, { 'Idempotency-Key': randomUUID() })).status).toBe(200)
  expect((await call(`/${paypal.id}/rotate`, given.rotatedPaypal)).status).toBe(200)

  // A whole onboarding at each.
  await useAccounts(world, 'own')
  const card = await world.openSetup()
  const path = `/v1/test_helpers/billing_customers/${card.bc}/submit`
  expect((await world.asNative('POST', path, { outcome: 'pays' })).status).toBe(200)
  const wallet = await world.openSetup()
  expect((await wallet.page.submitPayPal()).status).toBe(202)
  for (const { bc } of [card, wallet]) expect(await world.ended(bc)).toBe('completed')
  const pages = await Promise.all([card, wallet].map(async ({ page }) => (await page.open()).body as string))

  const secrets = new Set([...givenSecrets, ...refusedSecrets, ...made, ...(await openedSecrets())])
  // Two secret keys, three of PayPal, the pasted webhook secret and the one of the created endpoint.
  expect(secrets.size).toBeGreaterThanOrEqual(9)
  const places = {
    answers: JSON.stringify(answers),
    pages: pages.join('\n'),
    log: world.logged.join('\n'),
    histories: (await historiesOf(world.client, world.taskQueue)).map(({ text }) => text).join('\n'),
    database: (await everythingStored(world.sql)).join('\n'),
  }
  expect(Object.entries(places).filter(([, text]) => text === '')).toEqual([])
  const leaks = Object.entries(places).flatMap(([place, text]) =>
    [...secrets].filter((secret) => formsOf(secret).some((form) => text.includes(form))).map(() => place),
  )
  expect(leaks).toEqual([])
})
