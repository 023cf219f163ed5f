import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../admin/commands.ts'
import { overview, usageOf } from '../../admin/usage.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
let tenant: { organization: string; environment: string }
beforeAll(async () => {
  world = await createWorld({ worker: false })
  tenant = { organization: world.seeds.org_id, environment: 'sandbox' }
})
afterAll(() => world.close())

const refusal = (command: string, options: Record<string, string>) =>
  world.admin(command, options).then(
    (answer) => `taken: ${JSON.stringify(answer)}`,
    ({ param, message }: { param?: string; message: string }) => `${param}: ${message}`,
  )

describe('a number must be digits within bounds; otherwise nothing changes', () => {
  const amountRule = '--amount: must be a whole number of minor units, in digits: 2500 for 25.00 USD'
  test.each(['', '25.00', '-5', '+5', '1e3', '0x10', '２５', '1,500', '9'.repeat(16)])('not %j', async (number) => {
    const { bc } = await world.openSetup()
    const before = await world.billingCustomer(bc)
    const subject = { 'billing-customer': bc }
    const item = { ...tenant, name: 'x', type: 'trigger', amount: number }
    expect(await refusal('create-item', item)).toBe(amountRule)
    expect(await refusal('change-initial-amount', { ...subject, amount: number, reason: 'x' })).toBe(amountRule)
    expect(await refusal('extend', { ...subject, seconds: number })).toMatch(/^--seconds: must be a whole number of/)
    expect(await refusal('replace-link', { ...subject, seconds: number })).toMatch(/^--seconds: must be a whole/)
    const key = { ...tenant, scopes: '*', 'expires-in-days': number }
    expect(await refusal('create-key', key)).toMatch(/^--expires-in-days: must be a whole number of days/)
    expect(await refusal('list-items', { ...tenant, limit: number })).toMatch(/^--limit: must be from 1 to 100/)
    expect(await world.billingCustomer(bc)).toEqual(before)
  })

  test('a link can be extended by at most a year', async () => {
    const { bc } = await world.openSetup()
    for (const seconds of ['0', '31622401', '999999999999'])
      expect(await refusal('extend', { 'billing-customer': bc, seconds })).toMatch(/^--seconds: must be/)
  })
})

describe('an item', () => {
  test("defaults to the organization's currency and is shown with its price", async () => {
    const { id: organization } = (await world.admin('create-organization', { name: 'Euro', currency: 'EUR' })) as {
      id: string
    }
    const item = { organization, environment: 'sandbox', name: 'Visit', type: 'trigger', amount: '2500' }
    expect(await world.admin('create-item', item)).toMatchObject({ amount: 2500, currency: 'EUR', price: '25.00 EUR' })
    expect(await world.admin('create-item', { ...item, currency: 'JPY' })).toMatchObject({ price: '2500 JPY' })
    const { rows } = (await world.admin('list-items', { organization, environment: 'sandbox' })) as { rows: object[] }
    expect(rows).toMatchObject([{ currency: 'JPY' }, { currency: 'EUR', price: '25.00 EUR' }])
  })
})

describe('a key', () => {
  test('requires scopes and shows them', async () => {
    expect(await refusal('create-key', tenant)).toMatch(/^--scopes: is required for a secret key/)
    expect(await refusal('create-key', { ...tenant, kind: 'publishable', scopes: '*' })).toMatch(/^--scopes: must not/)
    const made = await world.admin('create-key', { ...tenant, scopes: 'events:read' })
    world.secrets.add(made.key as string)
    expect(made).toMatchObject({ scopes: ['events:read'], expiresAt: null, environment: 'sandbox' })
    const { rows } = (await world.admin('list-keys', tenant)) as { rows: Record<string, unknown>[] }
    expect(rows[0]).toMatchObject({ id: made.id, scopes: ['events:read'], last_four: (made.key as string).slice(-4) })
    expect(JSON.stringify(rows)).not.toContain(made.key)
  })
})

describe('a setting', () => {
  const setting = (name: string) =>
    world.asNative('GET', '/v1/settings').then(({ body }) => (body.values as Record<string, unknown>)[name])
  test.each([
    ['initial_amount', '3000', 3000, null],
    ['paypal_order_flow', 'two_step', 'two_step', 'single_step'],
    ['support_contact', 'help@example.com', 'help@example.com', null],
    ['require_initial', 'false', false, true],
    ['page_locale', 'pt-BR', 'pt-BR', 'en'],
    ['consent', 'checkbox', 'checkbox', 'text'],
  ])('%s can be set, and null restores its default', async (name, value, set, usual) => {
    await world.admin('set-setting', { ...tenant, name, value })
    expect(await setting(name)).toEqual(set)
    expect(await world.admin('set-setting', { ...tenant, name, value: 'null' })).toEqual({
      name,
      value: usual,
      default: true,
    })
    expect(await setting(name)).toEqual(usual)
  })

  test('an initial amount below the minimum is rejected by command and by API, whichever changes', async () => {
    const set = (name: string, value: string) => refusal('set-setting', { ...tenant, name, value })
    const least = 'must be at least minimum_initial_amount, which is 1500 minor units (15.00 USD)'
    expect(await set('initial_amount', '500')).toBe(`--value: ${least}`)
    const most = 'must be at most initial_amount, which is 1500 minor units (15.00 USD)'
    expect(await set('minimum_initial_amount', '2000')).toBe(`--value: ${most}`)
    const patch = (values: object) => world.asNative('PATCH', '/v1/settings', values)
    expect((await patch({ initial_amount: 500 })).body).toMatchObject({ detail: `initial_amount: ${least}` })
    expect((await patch({ minimum_initial_amount: 500, initial_amount: 500 })).status).toBe(200)
    expect(await set('minimum_initial_amount', 'null')).toMatch(/^--value: must be at least/)
    expect((await patch({ minimum_initial_amount: null, initial_amount: null })).status).toBe(200)
  })

  test.each([
    ['initial_amount', '5000.00'],
    ['minimum_initial_amount', '50.00'],
    ['initial_amount', '5e3'],
    ['link_life_seconds', '1e5'],
    ['reminders_seconds', '[3600, 7200.0]'],
  ])('%s is not set to %s: numbers are written in digits only', async (name, value) => {
    const before = await setting(name)
    expect(await refusal('set-setting', { ...tenant, name, value })).toMatch(
      /^--value: must be .+, with numbers in digits only: 2500 for 25.00 USD$/,
    )
    expect(await setting(name)).toEqual(before)
  })

  test('an amount is also returned in major units, and texts can contain any number', async () => {
    const set = (name: string, value: string) => world.admin('set-setting', { ...tenant, name, value })
    expect(await set('initial_amount', '3000')).toEqual({ name: 'initial_amount', value: 3000, price: '30.00 USD' })
    expect(await set('support_contact', 'room 4.20')).toMatchObject({ value: 'room 4.20' })
    expect(await set('support_contact', '"4.20"')).toMatchObject({ value: '4.20' })
    for (const name of ['initial_amount', 'support_contact']) await set(name, 'null')
  })

  test('an unknown name is rejected with the list of valid names', async () => {
    expect(await refusal('set-setting', { ...tenant, name: 'initial_amont', value: '1' })).toMatch(
      /^--name: must be one of require_initial, initial_amount/,
    )
  })
})

test('everything that was created can be listed, page by page, and shown', async () => {
  const { bc, contact } = await world.openSetup()
  const lists = ['list-brands', 'list-keys', 'list-items', 'list-billing-customers', 'list-charges', 'list-enrollments']
  for (const name of [...lists, 'list-events']) {
    expect(await world.admin(name, tenant), name).toMatchObject({ rows: expect.any(Array) })
    expect(await refusal(name, { ...tenant, organization: 'org_none' })).toBe('--organization: Organization not found')
  }
  const first = (await world.admin('list-organizations', { limit: '1' })) as { rows: object[]; nextCursor: string }
  const second = (await world.admin('list-organizations', { limit: '1', cursor: first.nextCursor })) as typeof first
  expect(first.rows).toHaveLength(1)
  expect(second.rows).not.toEqual(first.rows)
  const shown = await world.admin('show-billing-customer', { 'billing-customer': bc })
  expect(shown).toMatchObject({ id: bc, status: 'pending', onboarding_status: 'pending', initial_charge: '15.00 USD' })
  expect(JSON.stringify(shown)).not.toContain(contact)
  const events = (await world.admin('list-events', { ...tenant, 'billing-customer': bc })) as { rows: object[] }
  expect(events.rows.length).toBeGreaterThan(0)
})

test('a filter by a billing customer that does not exist is rejected, not an empty list', async () => {
  const { bc } = await world.openSetup()
  const none = '--billing-customer: Billing customer not found'
  for (const other of ['bc_none', bc.replace('bc_', 'cus_'), tenant.organization]) {
    expect(await refusal('list-events', { ...tenant, 'billing-customer': other })).toBe(none)
    expect(await refusal('needs-person', { 'billing-customer': other })).toBe(none)
  }
  expect(await refusal('list-events', { ...tenant, environment: 'live', 'billing-customer': bc })).toBe(none)
  expect(await world.admin('needs-person', { 'billing-customer': bc })).toEqual({})
})

test('errors name the option, also where the store names a field', async () => {
  const { bc } = await world.openSetup()
  const cursor = '--cursor: must be the next_cursor of an earlier response of this list'
  for (const name of ['list-keys', 'list-events', 'list-bulk-onboardings', 'list-webhook-endpoints'])
    expect(await refusal(name, { ...tenant, cursor: 'x' })).toBe(cursor)
  expect(await refusal('list-organizations', { cursor: 'x' })).toBe(cursor)
  const change = { 'billing-customer': bc, amount: '1', reason: 'x' }
  expect(await refusal('change-initial-amount', change)).toMatch(/^--amount: must be at least/)
})

describe('the help', () => {
  test('lists each command once, and each command shows its usage and its options', () => {
    const lines = overview(commands).split('\n')
    for (const [name, command] of Object.entries(commands)) {
      expect(lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1)
      expect(usageOf(name, command)).toContain(`npm run admin -- ${name}`)
      for (const option of Object.keys(command.options)) expect(usageOf(name, command)).toContain(`--${option} <`)
    }
  })

  test('lists the allowed values', () => {
    const usage = usageOf('create-item', commands['create-item']!)
    expect(usage).toContain('--environment <live|sandbox> --name <…> --type <one_off|recurring|trigger>')
    expect(usage).toMatch(/--amount +2500 is 25\.00 USD/)
    expect(usageOf('resolve-charge', commands['resolve-charge']!)).toContain('<never_happened|keep|returned_by_hand>')
    expect(usageOf('set-setting', commands['set-setting']!)).toContain('minimum_initial_amount: minor units')
  })
})
