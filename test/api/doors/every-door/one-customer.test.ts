import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { callersExpired } from '../../../support/callers-expired.ts'
import { doorNames, doors } from '../../../support/doors.ts'
import { withKeyOfItsOwn, world, newExternalId, call, create } from '../../../support/api/third-party-doors.ts'

// billing.io, Moment and FlexPrice show the same customers, and start onboardings alike.

withKeyOfItsOwn()

test('a customer created at one door is the same customer at all of them', async () => {
  for (const name of doorNames) {
    const externalId = newExternalId()
    const { body: made } = await create(name, externalId)
    expect(made.id).toMatch(new RegExp(`^${doors[name].idPrefix}[0-9a-z]{26}$`))
    const id = `cus_${made.id.slice(doors[name].idPrefix.length)}`
    expect((await world.asNative('GET', `/v1/customers/${id}`)).body.external_id).toBe(externalId)
    for (const other of doorNames) {
      const shown = id.replace('cus_', doors[other].idPrefix)
      for (const spelling of [id, shown])
        expect((await call(other, 'GET', `/${spelling}`)).body, `${name}, ${other}`).toMatchObject({ id: shown })
    }
    const { body } = await world.edge('createCustomer', { contact_id: externalId })
    const rows = await world.sql`select customer_id from billing_customers where id = ${body.billing_customer_id}`
    expect(rows).toEqual([{ customerId: id }])
  }
})

test('returns values unchanged that exceed the limits of this door but not those of another', async () => {
  const said = {
    external_id: `${'x'.repeat(255)}ü`,
    name: 'N'.repeat(256),
    metadata: {
      list: [1, 2],
      text: 'x'.repeat(600),
      ...Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`k${i}`, true])),
    },
  }
  const { body: made } = await world.asNative('POST', '/v1/customers', said)
  const { body: billingIo } = await call('billing-io', 'GET', `/${made.id}`)
  expect(billingIo).toMatchObject({ ...said, email: null })
  const { metadata, ...rest } = said
  const asTexts = {
    ...metadata,
    list: '[1,2]',
    ...Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`k${i}`, 'true'])),
  }
  const { body: moment } = await call('moment', 'GET', `/${encodeURIComponent(said.external_id)}`)
  expect(moment).toEqual({
    id: made.id.replace('cus_', 'bcus_'),
    external_reference: rest.external_id,
    name: rest.name,
    metadata: asTexts,
  })
  const { body: flexprice } = await call('flexprice', 'GET', `/external/${encodeURIComponent(said.external_id)}`)
  expect(flexprice).toMatchObject({ ...rest, metadata: asTexts, email: '', parent_customer_id: null })
})

test('creating a customer starts its onboarding at every door if the settings require it', async () => {
  await world.sql`
    insert into settings (organization_id, environment, name, value)
    values (${world.seeds.org_id}, 'sandbox', 'onboard_new_customers', 'true')`
  await callersExpired()
  for (const name of doorNames) {
    const headers = { 'Idempotency-Key': randomUUID() }
    const body = doors[name].smallest(newExternalId())
    const post = () => call(name, 'POST', '', body, { headers })
    const { body: made } = await post()
    const { body: billing } = await world.asNative('GET', `/v1/billing_customers/${made.billing_customer_id}`)
    world.pageOf(made.setup_url)
    expect(billing.setup_url).toBe(made.setup_url)
    expect((await post()).body).toEqual(made)
  }
  const skipped = { ...doors.flexprice.smallest(newExternalId()), skip_onboarding_workflow: true }
  const { body } = await call('flexprice', 'POST', '', skipped)
  expect([body.billing_customer_id, body.setup_url]).toEqual([undefined, undefined])
  await world.sql`delete from settings where name = 'onboard_new_customers'`
  await callersExpired()
})
