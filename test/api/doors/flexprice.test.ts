import { expect, test } from 'vitest'
import { sendSample } from '../../support/documented/curl-sample.ts'
import { callDoor } from '../../support/doors.ts'
import { withFlexPrice, world, call, refusal, newExternalId, create } from '../../support/api/flexprice.ts'

withFlexPrice()

// The curl samples as they stand in the documents; only the host, the key and the ids are replaced.
const createSample = String.raw`curl -X POST https://api.flexprice.io/v1/customers \
  -H "Authorization: Bearer YOUR_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "external_id": "user_12345",
    "name": "Acme Corporation",
    "email": "billing@acme.com",
    "address_line1": "123 Main Street",
    "address_city": "San Francisco",
    "address_state": "CA",
    "address_postal_code": "94105",
    "address_country": "US",
    "metadata": {
      "plan_tier": "enterprise",
      "account_manager": "jane_doe"
    }
  }'`

const updateSample = String.raw`curl -X PUT https://api.flexprice.io/v1/customers/cust_abc123xyz789 \
  -H "Authorization: Bearer YOUR_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "name": "Acme Corp (Updated)",
    "email": "billing-new@acme.com",
    "metadata": {
      "plan_tier": "enterprise_plus",
      "renewal_date": "2025-01-15"
    }
  }'`

const send = (sample: string, replaced: Record<string, string> = {}) =>
  sendSample(sample, {
    'https://api.flexprice.io': `${world.apiUrl}/flexprice`,
    YOUR_API_KEY: world.seeds.secret_key,
    ...replaced,
  })

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

test('the samples return every documented field with the documented type', async () => {
  const created = await send(createSample)
  expect(created.status).toBe(201)
  const key = expect.stringMatching(/^key_/)
  expect(created.body).toEqual({
    id: expect.stringMatching(/^cust_[0-9a-z]{26}$/),
    external_id: 'user_12345',
    name: 'Acme Corporation',
    email: 'billing@acme.com',
    address_line1: '123 Main Street',
    address_line2: '',
    address_city: 'San Francisco',
    address_state: 'CA',
    address_postal_code: '94105',
    address_country: 'US',
    parent_customer_id: null,
    metadata: { plan_tier: 'enterprise', account_manager: 'jane_doe' },
    environment_id: 'sandbox',
    tenant_id: world.seeds.org_id,
    status: 'published',
    created_at: time,
    updated_at: time,
    created_by: key,
    updated_by: key,
  })
  const updated = await send(updateSample, { cust_abc123xyz789: created.body.id })
  expect([updated.status, updated.body]).toEqual([
    200,
    {
      ...created.body,
      name: 'Acme Corp (Updated)',
      email: 'billing-new@acme.com',
      metadata: { plan_tier: 'enterprise_plus', renewal_date: '2025-01-15' },
      updated_at: time,
    },
  ])
  expect((await call('GET', `/${created.body.id}`)).body).toEqual(updated.body)
  expect((await call('GET', '/external/user_12345')).body).toEqual(updated.body)
})

test('an update by path or query keeps omitted fields, and empty strings remove values', async () => {
  const customer = await create({ name: 'Acme', email: 'a@example.com', metadata: { a: '1' } })
  const { body: same } = await call('PUT', `/${customer.id}`, { name: null, metadata: null, external_id: null })
  expect(same).toEqual({ ...customer, updated_at: time })
  const { body: emptied } = await call('PUT', `?id=${customer.id}`, { email: '' })
  expect(emptied).toMatchObject({ name: 'Acme', email: '', metadata: { a: '1' } })
  const query = `?external_customer_id=${customer.external_id}`
  const { body: renamed } = await call('PUT', query, { external_id: newExternalId(), name: 'New' })
  expect(renamed).toMatchObject({ id: customer.id, name: 'New' })
  expect((await call('GET', `/external/${renamed.external_id}`)).body).toEqual(renamed)
  const other = await create()
  for (const [wrong, param] of [
    ['', 'id'],
    [`?id=${other.id}&external_customer_id=${renamed.external_id}`, 'external_customer_id'],
  ]) {
    const answer = await call('PUT', wrong!, { name: 'x' })
    expect([answer.status, refusal(answer)]).toEqual([400, { word: 'validation_error', param }])
  }
  expect((await call('PUT', '?external_customer_id=nobody', {})).status).toBe(404)
  const taken = await call('PUT', `/${other.id}`, { external_id: renamed.external_id })
  expect([taken.status, refusal(taken)]).toEqual([409, { word: 'already_exists', param: 'external_id' }])
})

test('a parent is named by id or by external id, not both, and is never its own descendant', async () => {
  const top = await create()
  const middle = await create({ parent_customer_id: top.id })
  const low = await create({ parent_customer_external_id: middle.external_id, parent_customer_id: '' })
  expect([middle.parent_customer_id, low.parent_customer_id]).toEqual([top.id, middle.id])
  const both = { external_id: newExternalId(), parent_customer_id: top.id, parent_customer_external_id: 'x' }
  expect(refusal(await call('POST', '', both))).toEqual({
    word: 'validation_error',
    param: 'parent_customer_external_id',
  })
  const key = world.seeds.other_org.secret_key
  const { body: foreign } = await callDoor(world, 'flexprice', 'POST', '', { external_id: 'theirs' }, { key })
  for (const parent_customer_id of ['cust_nobody', foreign.id]) {
    const answer = await call('POST', '', { external_id: newExternalId(), parent_customer_id })
    expect([answer.status, refusal(answer).param]).toEqual([400, 'parent_customer_id'])
  }
  for (const id of [low.id, top.id]) {
    const answer = await call('PUT', `/${top.id}`, { parent_customer_id: id })
    expect([answer.status, refusal(answer)]).toEqual([400, { word: 'invalid_operation', param: 'parent_customer_id' }])
  }
  expect((await call('PUT', `/${low.id}`, { parent_customer_id: '' })).body.parent_customer_id).toBeNull()
  const { body: children } = await call('POST', '/search', { parent_customer_ids: [top.id] })
  expect(children.items.map(({ id }: { id: string }) => id)).toEqual([middle.id])
})

test('a mapping is stored with the customer', async () => {
  const { id } = await create({ integration_entity_mapping: [{ provider: 'stripe', id: 'cus_Qmapped' }] })
  const { body } = await world.asNative('GET', `/v1/customers/${id.replace('cust_', 'cus_')}`)
  expect(body.integration_entity_mapping).toEqual([{ provider: 'stripe', id: 'cus_Qmapped' }])
})

test('a search filters, pages by offset, and counts', async () => {
  const all = []
  for (let i = 0; i < 5; i++) all.unshift(await create({ email: 'searched@example.com' }))
  const ids = (customers: { id: string }[]) => customers.map(({ id }) => id)
  const search = async (body: object) => (await call('POST', '/search', body)).body
  const email = 'searched@example.com'
  expect(await search({ email, limit: 2, offset: 1 })).toEqual({
    items: all.slice(1, 3),
    pagination: { total: 5, limit: 2, offset: 1 },
  })
  expect((await search({})).pagination).toMatchObject({ limit: 50, offset: 0 })
  const oldest = [...all].reverse()
  expect((await search({ email, order: 'asc' })).items).toEqual(oldest)
  expect((await search({ email, sort: [{ field: 'created_at', direction: 'asc' }] })).items).toEqual(oldest)
  expect(ids((await search({ customer_ids: [all[0].id, all[3].id] })).items)).toEqual([all[0].id, all[3].id])
  expect(ids((await search({ external_ids: [all[1].external_id] })).items)).toEqual([all[1].id])
  expect(ids((await search({ external_id: all[2].external_id })).items)).toEqual([all[2].id])
  expect((await search({ email, start_time: all[1].created_at })).pagination.total).toBeGreaterThanOrEqual(2)
  for (const nothing of [{ end_time: '2020-01-01T00:00:00Z' }, { status: 'deleted' }])
    expect(await search({ email, ...nothing })).toMatchObject({ items: [], pagination: { total: 0 } })
  const wrong = {
    limit: [0, 1001, '1', 1.5, null],
    offset: [-1, 'x'],
    email: ['nobody'],
    status: ['draft'],
    order: ['up'],
    sort: [[{ field: 'name', direction: 'asc' }], 'created_at'],
    customer_ids: ['x', [7], ['x'], [], Array(1001).fill('x')],
    external_ids: [[], ['']],
    start_time: ['yesterday', 7],
    filters: [[]],
  }
  for (const [field, values] of Object.entries(wrong))
    for (const value of values) {
      const answer = await call('POST', '/search', { [field]: value })
      expect(
        [answer.status, refusal(answer).param?.split('.')[0]],
        `${field} ${JSON.stringify(value).slice(0, 40)}`,
      ).toEqual([400, field])
    }
})

test('deletes a customer without dependents, and frees its external id', async () => {
  const customer = await create()
  const child = await create({ parent_customer_id: customer.id })
  const refused = await call('DELETE', `/${customer.id}`)
  expect([refused.status, refusal(refused).word]).toEqual([400, 'invalid_operation'])
  expect((await call('DELETE', `/${child.id}`)).status).toBe(204)
  await world.edge('buildCustomerProfileSetup', { contact_id: customer.external_id })
  expect(refusal(await call('DELETE', `/${customer.id}`)).word).toBe('invalid_operation')
  const other = await create()
  expect((await call('DELETE', `/${other.id}`)).status).toBe(204)
  for (const path of [`/${other.id}`, `/external/${other.external_id}`])
    expect((await call('GET', path)).status).toBe(404)
  expect((await call('DELETE', `/${other.id}`)).status).toBe(404)
  expect((await call('POST', '', { external_id: other.external_id })).status).toBe(201)
})
