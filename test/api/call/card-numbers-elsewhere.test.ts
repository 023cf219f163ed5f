import { expect, test } from 'vitest'
import { callDoor } from '../../support/doors.ts'
import {
  withCardNumbers,
  world,
  digits,
  card,
  inArabic,
  holdsDigits,
  withKey,
  expectNothingKept,
} from '../../support/api/card-numbers.ts'

// Card numbers in commands, updates, paths and ids, and next to other errors.

withCardNumbers()

const inSuperscript = card.replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!)
const filler = 'name of a field of thirty chars'

test('errors about other fields, or found before the card number, do not contain it', async () => {
  const { page } = await world.openSetup()
  const unknown = { gateway: 'stripe', confirmation_token: 'ctoken_1', [card]: 1, amount: 1500, currency: 'USD' }
  const asText = async (path: string, body: string) =>
    world.request(path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${world.seeds.secret_key}`, 'Content-Type': 'application/json' },
      body,
    })
  for (const answer of [
    await page.call('setup-completed', unknown),
    await asText('/v1/customers', `{"metadata":{"${card}":"a\\u0000"}}`),
    await asText('/v1/customers', `{"${card}":"\\ud800"}`),
    // Where a long name is cut, half of the number would stay.
    await asText('/v1/customers', `{"${filler}${card}":"\\ud800"}`),
    await page.call('setup-completed', { ...unknown, [card]: undefined, [filler + card]: 1 }),
    await world.asNative('GET', `/v1/customers?${encodeURIComponent(filler + card)}=1`),
    // One name after the other.
    await asText(
      '/v1/customers',
      JSON.stringify(card.split(' ').reduceRight((below, name) => ({ [name]: below }), '\u0000' as unknown)),
    ),
    await asText('/v1/customers', `{"${inSuperscript}":"\\ud800"}`),
  ]) {
    expect(answer.status).toBe(400)
    // The id of a call may have any digits.
    const text = JSON.stringify({ ...answer.body, request_id: undefined })
    expect(holdsDigits(text), text).toBe(false)
    expect(text.normalize('NFKC').replace(/\D/g, ''), text).not.toContain(digits.slice(0, 4))
  }
})

test('operator commands reject them in every option', async () => {
  const { bc } = await world.openSetup()
  const organization = world.seeds.org_id
  const commands: [name: string, options: Record<string, string>][] = [
    ['create-organization', { name: card }],
    ['create-brand', { organization, name: inArabic }],
    ['create-brand', { organization, name: 'Shop', 'support-contact': card }],
    ['create-key', { organization, environment: 'sandbox', scopes: '*', name: card }],
    ['create-item', { organization, environment: 'sandbox', name: card, type: 'trigger', amount: '100' }],
    ['set-setting', { organization, environment: 'sandbox', name: 'support_contact', value: card }],
    ['cancel', { 'billing-customer': bc, reason: card }],
    ['cancel', { 'billing-customer': bc, reason: 'asked for', operator: card }],
    ['waive-initial-charge', { 'billing-customer': bc, reason: `Visa ${digits}` }],
  ]
  for (const [name, options] of commands)
    await expect(async () => world.admin(name, options), name).rejects.toMatchObject({
      message: 'must not contain a card number',
    })
  expect((await world.billingCustomer(bc)).onboarding.status).toBe('pending')
})

test('updates in Temporal UI reject them in reasons, other fields and update ids', async () => {
  const { bc } = await world.openSetup()
  const [run] = await world.runsOf(bc)
  const updates: [name: string, args: object[], updateId?: string][] = [
    ['cancel', [{ reason: card }]],
    ['cancel', [{ reason: 'asked for', note: inArabic }]],
    ['waiveInitialCharge', [{ reason: `card ${digits}` }]],
    ['changeInitialAmount', [{ amount: 2000, reason: card }]],
    ['extend', [{ seconds: 100, [card]: 1 }]],
    ['retryNow', [{ note: card }]],
    ['retryNow', [], card],
  ]
  for (const [name, args, updateId] of updates) {
    const options = { args: args as [], ...(updateId === undefined ? {} : { updateId }) }
    const error = await run!.handle.executeUpdate(name, options).then(
      () => undefined,
      (failure: { cause?: Error }) => failure.cause?.message,
    )
    expect(error, name).toBe('an update must not contain a card number')
  }
  expect((await world.billingCustomer(bc)).onboarding).toMatchObject({ status: 'pending', closing: null })
})

test('an error does not echo a path that contains one', async () => {
  const path = encodeURIComponent(card)
  const answers = [
    await world.asNative('GET', `/v1/customers/${path}`),
    await callDoor(world, 'moment', 'GET', `/${path}`),
    await callDoor(world, 'flexprice', 'GET', `/external/${path}`),
    await callDoor(world, 'billing-io', 'GET', `/${path}`),
  ]
  for (const { status, body } of answers) {
    expect(status).toBe(404)
    expect(holdsDigits(decodeURIComponent(JSON.stringify(body)))).toBe(false)
  }
})

test('an upload rejects them in its options, which are stored with it', async () => {
  const { secret_key, brand_id, item_id } = world.seeds
  for (const name of ['brand_id', 'billable_item_id', 'note']) {
    const path = `/v1/bulk_onboardings?dry_run=true&${name}=${encodeURIComponent(card)}`
    const { status, body } = await world.request(path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret_key}`, 'Content-Type': 'text/csv' },
      body: `external_id,brand_id,billable_item_id\nusr_1,${brand_id},${item_id}\n`,
    })
    expect([status, body.param, body.detail]).toEqual([400, name, `${name}: must not contain a card number`])
  }
})

test('an id that only looks like one is accepted everywhere that ids are', async () => {
  const { status, body } = await withKey(
    { external_id: '4242424242424242', metadata: { order: '5555555555554444' } },
    '/v1/customers',
  )
  expect(status).toBe(201)
  const { body: read } = await world.asNative('GET', '/v1/customers/4242424242424242')
  expect(read).toMatchObject({ id: body.id, metadata: { order: '5555555555554444' } })
})

test('a contact stored earlier under such an id can still be named', async () => {
  const stored = '6011-0009-9013-9424'
  await world.sql`
    insert into customers (id, organization_id, environment, external_id)
    values ('cus_01k2j0q8e5f7g9h1j3k5m7n9p1', ${world.seeds.org_id}, 'sandbox', ${stored})`
  const opened = await withKey({ customer_id: stored, require_initial: false }, '/v1/billing_customers')
  expect([opened.status, opened.body.customer_id]).toEqual([201, 'cus_01k2j0q8e5f7g9h1j3k5m7n9p1'])
  expect((await world.asNative('GET', `/v1/customers/${stored}`)).status).toBe(200)
})

test('no row, log, history or gateway contains a card number', expectNothingKept)
