import { expect, test } from 'vitest'
import { callDoor } from '../../support/doors.ts'
import { withConflicts, world, post, externalId } from '../../support/api/conflicts.ts'

withConflicts()

test('rejects an external id that is in use with the id of its customer, at creation and at update', async () => {
  const external_id = externalId()
  const { body: first } = await post('/v1/customers', { external_id })
  const { body: second } = await post('/v1/customers', { external_id: externalId() })
  const refused = [
    await post('/v1/customers', { external_id }),
    await world.asNative('PATCH', `/v1/customers/${second.id}`, { external_id }),
  ]
  for (const { status, body } of refused)
    expect([status, body]).toMatchObject([
      409,
      {
        code: 'external_id_taken',
        param: 'external_id',
        existing_id: first.id,
        detail: `external_id: is taken by ${first.id}`,
      },
    ])
  const [billingIo, moment, flexprice] = await Promise.all([
    callDoor(world, 'billing-io', 'POST', '', { external_id, email: 'ada@example.com' }),
    callDoor(world, 'moment', 'POST', '', { external_reference: external_id }),
    callDoor(world, 'flexprice', 'POST', '', { external_id }),
  ])
  expect([billingIo.status, billingIo.body.error.code]).toEqual([400, 'invalid_field_value'])
  expect([moment.status, moment.body.title]).toEqual([409, 'Conflict'])
  expect([flexprice.status, flexprice.body.code]).toEqual([409, 'already_exists'])
})
