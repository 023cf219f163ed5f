import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../../support/world/world.ts'

// The curl samples of the two documents, unchanged except for the host, the key and the ids.

const run = promisify(execFile)
let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const createCustomer = String.raw`curl -X POST https://app.zyntrohq.com/apis/public/edge/createCustomer.php \
-H "Content-Type: application/json" \
-d '{
"api_key": "your_api_key",
"org_id": "org_xxx",
"brand_id": "1",
"contact_id": "cont_xxx",
"gateway": "stripe",
"allow_trigger": 1
}'`

const buildCustomerProfileSetup = String.raw`curl -s -X POST "https://app.zyntrohq.com/public/edge/buildCustomerProfileSetup" \
  -H "Content-Type: application/json" \
  -d '{
    "api_key": "YOUR_API_KEY",
    "org_id": "org_xxx",
    "brand_id": "brand_xxx",
    "contact_id": "cont_xxx",
    "bi_id": "bi_xxx",
    "bc_meta": {"wallet_id": "abc"}
  }'`

async function send(sample: string, replaced: Record<string, string>): Promise<Record<string, unknown>> {
  const { secret_key, org_id, item_id } = world.seeds
  const all = {
    'https://app.zyntrohq.com': world.apiUrl,
    your_api_key: secret_key,
    YOUR_API_KEY: secret_key,
    org_xxx: org_id,
    bi_xxx: item_id,
    ...replaced,
  }
  const command = Object.entries(all).reduce((text, [from, to]) => text.replaceAll(from, to), sample)
  const { stdout } = await run('sh', ['-c', command])
  return JSON.parse(stdout) as Record<string, unknown>
}

async function brandNumber(): Promise<string> {
  const [row] = await world.sql<{ number: number }[]>`select number from brands where id = ${world.seeds.brand_id}`
  return String(row!.number)
}

test('the sample of createCustomer returns every documented field with the documented type', async () => {
  const contact = world.newContact()
  const answer = await send(createCustomer, {
    '"brand_id": "1"': `"brand_id": "${await brandNumber()}"`,
    cont_xxx: contact,
  })
  expect(answer).toEqual({
    data: {
      bc_dt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      bc_id: expect.stringMatching(/^bc_/),
      bc_orgid: world.seeds.org_id,
      bc_contid: contact,
      bc_status: 'pending',
      bc_gateway: 'stripe',
      bc_allow_trigger: 1,
      bc_initial_charged: 0,
      setup_url: expect.stringMatching(/^http/),
    },
    status: 'success',
    existing: false,
    billing_customer_id: (answer.data as { bc_id: string }).bc_id,
  })
})

test('the sample of createCustomer, repeated, returns the existing record', async () => {
  const contact = world.newContact()
  const replaced = { '"brand_id": "1"': `"brand_id": "${await brandNumber()}"`, cont_xxx: contact }
  const first = await send(createCustomer, replaced)
  const second = await send(createCustomer, replaced)
  expect(second).toEqual({ ...first, existing: true })
})

test('the sample of createCustomer with a valid saved method returns active and charged, as documented', async () => {
  const withMethod = createCustomer.replace(
    '"allow_trigger": 1',
    '"allow_trigger": 1, "payment_data": {"pm_id": "pm_card_visa"}',
  )
  const answer = await send(withMethod, {
    '"brand_id": "1"': `"brand_id": "${await brandNumber()}"`,
    cont_xxx: world.newContact(),
  })
  expect(answer).toMatchObject({
    status: 'success',
    existing: false,
    data: { bc_status: 'active', bc_gateway: 'stripe', bc_allow_trigger: 1, bc_initial_charged: 1 },
  })
  expect(answer.data).not.toHaveProperty('setup_url')
})

test('the sample of buildCustomerProfileSetup returns every documented field with the documented type', async () => {
  const answer = await send(buildCustomerProfileSetup, {
    brand_xxx: world.seeds.brand_id,
    cont_xxx: world.newContact(),
  })
  const bc = (answer.data as { billing_customer_id: string }).billing_customer_id
  expect(answer).toEqual({
    data: {
      existing: false,
      setup_url: expect.stringContaining(
        `/public/edge/setup-billing/${world.seeds.brand_id}/${world.seeds.org_id}/${bc}`,
      ),
      billing_customer_id: expect.stringMatching(/^bc_/),
    },
    status: 'success',
  })
  world.pageOf((answer.data as { setup_url: string }).setup_url)
  const { body } = await world.edge('getCustomer', { bc_id: bc })
  expect(body.data).toMatchObject({
    bc_status: 'pending',
    bc_allow_trigger: 1,
    bc_meta: { wallet_id: 'abc', _bi_id: world.seeds.item_id, _gateway: 'stripe' },
  })
})

test('both path styles work for every call', async () => {
  for (const action of [
    'createCustomer',
    'buildCustomerProfileSetup',
    'getCustomer',
    'getItems',
    'enroll',
    'getEnrollments',
  ]) {
    for (const path of [`/public/edge/${action}`, `/apis/public/edge/${action}.php`]) {
      const { status, body } = await world.request(path, { method: 'POST', body: '{}' })
      expect([path, status, body.status]).toEqual([path, 401, 'error'])
    }
  }
})

test('getItems returns the trigger items with a sample that can be sent', async () => {
  const { body } = await world.edge('getItems', {})
  expect(body).toMatchObject({
    status: 'success',
    count: 1,
    data: [
      {
        bi_id: world.seeds.item_id,
        bi_name: 'Monthly visit',
        bi_unit_price: 49,
        bi_capture_mode: 'off_session',
        bi_trigger_mode: 'fixed',
        bi_allow_amount_override: 0,
      },
    ],
  })
  const { endpoint, body: sample } = body.data[0].api_sample
  const { status } = await world.request(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...sample, api_key: world.seeds.secret_key, brand_id: world.seeds.brand_id }),
  })
  expect(status).toBe(404) // bc_xxx is a placeholder
})

test('enroll returns what is documented, and existing: true when repeated', async () => {
  const { contact, bc, page } = await world.openSetup(undefined, {})
  await page.submitCard()
  await world.ended(bc)
  const call = () =>
    world.edge('enroll', { billing_customer_id: bc, billable_item_id: world.seeds.item_id, contact_id: contact })
  const { body: first } = await call()
  expect(first).toEqual({
    data: {
      ts_dt: expect.stringMatching(/^\d{4}-/),
      ts_id: expect.stringMatching(/^ts_/),
      ts_contid: contact,
      ts_status: 'active',
      ts_billable_item_id: world.seeds.item_id,
      ts_billing_customer_id: bc,
      ts_consecutive_failures: 0,
    },
    ts_id: first.data.ts_id,
    status: 'success',
    existing: false,
  })
  expect((await call()).body).toEqual({ ...first, existing: true })
})
