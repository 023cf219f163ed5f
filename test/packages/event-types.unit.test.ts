import { expect, expectTypeOf, test } from 'vitest'
import type { EventType } from '../../domain/events/events.ts'
import type { Answer, Item } from '../../packages/client/src/calls.ts'

type StoredEvent = Item<'/v1/events'>
type DataOfType<Type extends EventType> = Extract<StoredEvent, { type: Type }>['data']

test('the type of an event of GET /v1/events narrows its data, as that of a webhook does', () => {
  expectTypeOf<StoredEvent['type']>().toEqualTypeOf<EventType>()
  expectTypeOf<Answer<'get', '/v1/events/{id}'>>().toEqualTypeOf<StoredEvent>()
  expectTypeOf<DataOfType<'charge.succeeded'>['amount']>().toEqualTypeOf<number | undefined>()
  expectTypeOf<DataOfType<'charge.succeeded'>['late']>().toEqualTypeOf<boolean>()
  expectTypeOf<DataOfType<'billing_customer.setup_reminder'>['number']>().toEqualTypeOf<number>()
  expect.assertions(0)
})

test('the ids of the customer and the actor are beside the data, not in it', () => {
  expectTypeOf<DataOfType<'charge.succeeded'>>().not.toHaveProperty('customer_id')
  expectTypeOf<DataOfType<'charge.succeeded'>>().not.toHaveProperty('actor')
  expectTypeOf<DataOfType<'customer.created'>>().not.toHaveProperty('actor')
  expectTypeOf<DataOfType<'customer.created'>['customer_id']>().toEqualTypeOf<string>()
  expectTypeOf<StoredEvent['actor']>().toEqualTypeOf<string>()
  expectTypeOf<StoredEvent['sequence']>().toEqualTypeOf<number | null>()
  expect.assertions(0)
})
