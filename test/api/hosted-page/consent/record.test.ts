import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { consentVersion } from '../../../../api/hosted-page/words/consent-versions.ts'
import { ask } from '../../../support/answer.ts'
import { consentWorld } from '../../../support/documented/consent.ts'
import { until } from '../../../support/until.ts'
import type { SetupPage } from '../../../support/world/setup-page.ts'

// What the service accepts as a consent, and what it records.

const { own, rows, withBox } = consentWorld()
const consent = { version: consentVersion, language: 'de', way: 'text' }
const submit = async (setup: SetupPage, given: object) =>
  setup.submitToken(await setup.cardToken(), { amount: 1500, currency: 'USD', consent: given })

test.each([
  ['version', { version: consentVersion + 1 }, '1'],
  ['version', { version: '1' }, '1'],
  ['language', { language: 'tlh' }, 'one of en, de'],
  ['way', { way: 'silence' }, 'text or checkbox'],
])('a consent whose %s does not exist is rejected: %j', async (field, wrong, valid) => {
  const { bc, page: setup } = await own.world.openSetup()
  for (const call of [
    () => submit(setup, { ...consent, ...wrong }),
    () => setup.call('payment-session', { gateway: 'paypal', consent: { ...consent, ...wrong } }),
  ]) {
    const { status, body } = await call()
    expect([status, body.error.param]).toEqual([400, `consent.${field}`])
    expect(body.error.message).toContain(`must be ${valid}`)
  }
  expect(await rows(bc)).toEqual([])
})

test('where a box must be checked, the service accepts nothing without it', async () => {
  await withBox(async () => {
    const { bc, page: setup } = await own.world.openSetup()
    const price = { amount: 1500, currency: 'USD' }
    for (const [given, param] of [
      [{}, 'consent'],
      [{ consent }, 'consent.way'],
    ] as const)
      for (const answer of [
        await setup.submitToken(await setup.cardToken(), { ...price, ...given }),
        await setup.call('payment-session', { gateway: 'paypal', ...price, ...given }),
      ]) {
        const { error } = answer.body
        expect([answer.status, error.code, error.param]).toEqual([400, 'invalid_request', param])
        expect(error.message).toContain('checkbox')
      }
    expect(await rows(bc)).toEqual([])
    expect((await own.world.ledger(bc)).charges).toEqual([])
    expect((await submit(setup, { ...consent, way: 'checkbox' })).status).toBe(202)
    await own.world.ended(bc)
    expect(await rows(bc)).toMatchObject([{ way: 'checkbox', language: 'de', number: 1 }])
  })
})

test('a page that was opened before the sentences changed is accepted, with the sentences that it showed', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  expect((await submit(setup, { version: 1, language: 'fr', way: 'text' })).status).toBe(202)
  await own.world.ended(bc)
  const sentences = expect.stringContaining('pour les débits ultérieurs de Northwind')
  expect(await rows(bc)).toMatchObject([{ version: 1, language: 'fr', sentences }])
})

test('the same submission again changes nothing of its consent', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const token = await setup.cardToken()
  const price = { amount: 1500, currency: 'USD' }
  expect((await setup.submitToken(token, { ...price, consent })).status).toBe(202)
  await own.world.ended(bc)
  const first = (await own.world.billingCustomer(bc)).onboarding.consent
  expect(first).toMatchObject({ language: 'de' })
  expect((await setup.submitToken(token, { ...price, consent: { ...consent, language: 'fr' } })).status).toBe(202)
  expect((await own.world.billingCustomer(bc)).onboarding.consent).toEqual(first)
})

test('the address is recorded as a keyed hash, until the customer is deleted', async () => {
  const { bc, contact, page: setup } = await own.world.openSetup()
  await own.world.stopWorker()
  const { status } = await ask(`${setup.url.origin}${setup.url.pathname}/setup-completed${setup.url.search}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': '203.0.113.77' },
    body: JSON.stringify({
      gateway: 'stripe',
      confirmation_token: await setup.cardToken('4000000000000002'),
      amount: 1500,
      currency: 'USD',
      consent,
    }),
  })
  expect(status).toBe(202)
  const [row] = await rows(bc)
  expect(row).toMatchObject({ language: 'de', addressHash: expect.stringMatching(/^[\w-]{43}$/) })
  // Nobody can compare it with that of another organization, or with that of the limits.
  const [attempt] = await own.world.sql<{ addressHash: string }[]>`
    select address_hash from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where o.billing_customer_id = ${bc}`
  const hashed = createHmac('sha256', attempt!.addressHash).update(`consent ${own.world.seeds.org_id}`)
  expect(row!.addressHash).toBe(hashed.digest('base64url'))
  expect(row!.sentences).toMatch(/^Indem Sie fortfahren, stimmen Sie Folgendem zu: .* bucht jetzt 15,00\s\$ ab\./)
  await own.world.startWorker()
  await until(async () => !(await setup.progress()).body.paying)
  await own.world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'asked to by phone' })
  await own.world.ended(bc)
  const [customer] = await own.world.sql<{ id: string }[]>`select id from customers where external_id = ${contact}`
  expect((await own.world.asNative('DELETE', `/v1/customers/${customer!.id}`)).status).toBe(204)
  expect(await rows(bc)).toMatchObject([{ language: 'de', addressHash: null }])
})

test.each([
  [{}, /charges \$7\.00 for Visits each time payment is due\./],
  [{ allow_amount_override: true }, /charges an amount that it determines for Visits each time payment is due\./],
  [{ trigger_mode: 'variable' }, /charges an amount that it determines for Visits/],
  [{ trigger_mode: 'threshold' }, /charges \$7\.00 for Visits each time payment is due\./],
  [
    { trigger_mode: 'threshold', trigger_condition: 'gte', trigger_threshold: 1000.5 },
    /charges \$7\.00 for Visits each time the measured value is 1,000\.5 or more\./,
  ],
  [
    { trigger_mode: 'threshold', trigger_condition: 'lte', trigger_threshold: 3 },
    /each time the measured value is 3 or less\./,
  ],
])('what is charged later is what the item says: %j', async (fields, expected) => {
  const item = { id: own.world.newContact(), organization_id: own.world.seeds.org_id, environment: 'sandbox' }
  const priced = { name: 'Visits', type: 'trigger', amount: 700, currency: 'USD' }
  await own.world.sql`insert into billable_items ${own.world.sql({ ...item, ...priced, ...fields })}`
  const { page: setup } = await own.world.openSetup(own.world.newContact(), { bi_id: item.id })
  const { body } = await setup.open()
  const [summary, sentence] = [body.split('id="summary"')[1]!.split('<form')[0], body.split('id="consent"')[1]]
  expect(summary).toMatch(expected)
  expect(sentence).toMatch(expected)
})
