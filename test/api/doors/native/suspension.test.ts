import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

/** A billing customer that is active without a payment. */
async function active(): Promise<{ bc: string; contact: string }> {
  const contact = world.newContact()
  const { body } = await world.edge('createCustomer', { contact_id: contact, require_initial: 0 })
  return { bc: body.billing_customer_id, contact }
}

const suspensions = async (bc: string) =>
  (await world.eventTypes(bc)).filter((type) => /suspended|restored/.test(type)).map((type) => type.split('.')[1])

test('a suspended customer accepts no enrollment; restored it is as before', async () => {
  const { bc, contact } = await active()
  // It has a payment method, so that nothing but the suspension stands in the way.
  await world.sql`update billing_customers set payment_method_id = 'pm_of_the_test' where id = ${bc}`
  const enroll = () =>
    world.edge('enroll', { billing_customer_id: bc, billable_item_id: world.seeds.item_id, contact_id: contact })
  const { status, body } = await world.edge('suspendCustomer', { bc_id: bc })
  expect([status, body]).toEqual([
    200,
    expect.objectContaining({
      status: 'success',
      billing_customer_id: bc,
      data: expect.objectContaining({ bc_id: bc, bc_status: 'suspended', bc_contid: contact }),
    }),
  ])
  const refused = await enroll()
  expect([refused.status, refused.body.errors]).toEqual([409, ['billing_customer_id: is suspended; restore it first']])
  const again = { contact_id: contact, bi_id: world.seeds.item_id }
  expect((await world.edge('createCustomer', again)).status).toBe(409)

  const restored = await world.edge('restoreCustomer', { bc_id: bc })
  expect([restored.status, restored.body.data.bc_status]).toEqual([200, 'active'])
  expect((await enroll()).status).toBe(200)
  expect(await suspensions(bc)).toEqual(['suspended', 'restored'])
})

test('twenty concurrent calls suspend once; a repeat returns 200 without a change', async () => {
  const { bc } = await active()
  const call = (name: string) => world.asNative('POST', `/v1/billing_customers/${bc}/${name}`)
  const answers = await Promise.all(Array.from({ length: 20 }, () => call('suspend')))
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.status}`))).toEqual(new Set(['200 suspended']))
  expect((await call('suspend')).status).toBe(200)
  expect(await suspensions(bc)).toEqual(['suspended'])
  await call('restore')
  const again = await call('restore')
  expect([again.status, again.body.status, await suspensions(bc)]).toEqual([200, 'active', ['suspended', 'restored']])
})

test('rejects suspending or restoring a billing customer that is not active yet', async () => {
  const { bc } = await world.openSetup()
  for (const name of ['suspend', 'restore'])
    expect((await world.asNative('POST', `/v1/billing_customers/${bc}/${name}`)).body).toMatchObject({
      status: 409,
      param: 'id',
    })
  const edge = await world.edge('suspendCustomer', { bc_id: bc })
  expect([edge.status, edge.body.errors[0]]).toEqual([409, expect.stringMatching(/^bc_id: is not active yet/)])
  await expect(world.admin('suspend', { 'billing-customer': bc })).rejects.toThrow('is not active yet')
  expect(await suspensions(bc)).toEqual([])
})

test('an operator does the same, with a name in the event', async () => {
  const { bc } = await active()
  const options = { 'billing-customer': bc, operator: 'ada' }
  expect(await world.admin('suspend', options)).toEqual({ billing_customer: bc, status: 'suspended' })
  expect(await world.admin('restore', options)).toEqual({ billing_customer: bc, status: 'active' })
  const rows = await world.sql`
    select actor from events where billing_customer_id = ${bc}
      and type in ('billing_customer.suspended', 'billing_customer.restored')`
  expect(rows.map(({ actor }) => actor)).toEqual(['operator ada', 'operator ada'])
})

test('the setup link of a suspended customer says so politely, without a form', async () => {
  const { bc, page } = await world.openSetup()
  await world.sql`update onboardings set result = 'completed', ended_at = now(), wake_at = null
    where billing_customer_id = ${bc}`
  await world.sql`update billing_customers set status = 'active' where id = ${bc}`
  await world.edge('suspendCustomer', { bc_id: bc })
  const { status, body } = await page.open()
  expect([status, body]).toEqual([200, expect.stringContaining('has paused billing for this account')])
  expect(body).not.toContain('<form')
})

test('reports a billing customer of another organization as unknown', async () => {
  const { bc } = await active()
  const { secret_key: api_key, org_id, brand_id } = world.seeds.other_org
  const foreign = await world.edge('suspendCustomer', { api_key, org_id, brand_id, bc_id: bc })
  const none = await world.edge('suspendCustomer', { bc_id: 'bc_nothing' })
  expect([foreign.status, foreign.body]).toEqual([404, none.body])
  expect((await world.billingCustomer(bc)).status).toBe('active')
})
