import { expect, test } from 'vitest'
import type { EventField } from '../../../domain/events/event-fields.ts'
import { eventGuide, eventTypes, reservedNames } from '../../../domain/events/events.ts'
import { whyUndocumented } from '../../support/events/stored-events.ts'

/** Returns the longest value of a field: a character takes at most four bytes. */
function longest({ schema }: EventField): unknown {
  switch (schema.type) {
    case 'string':
      return schema.enum ? schema.enum[0] : '😀'.repeat(schema.maxLength)
    case 'integer':
      return -Number.MAX_SAFE_INTEGER
    case 'boolean':
      return false
    case 'array':
      return Array.from({ length: schema.maxItems }, () => '😀'.repeat(schema.items.maxLength))
  }
}

test.each(eventTypes)('the data of %s has no name of the envelope, an example each, and at most 20 kB', (type) => {
  const { data, meaning } = eventGuide[type]
  expect(meaning).toMatch(/^[A-Z].+\.$/)
  const reserved = reservedNames.filter((name) => name !== 'customer_id' || !type.startsWith('customer.'))
  expect(Object.keys(data).filter((name) => (reserved as readonly string[]).includes(name))).toEqual([])

  const billingCustomerId = /^(billing_customer|onboarding|replacement|charge)\./.test(type) ? 'bc_1' : null
  const filled = (value: (field: EventField) => unknown) =>
    Object.fromEntries(Object.entries(data).map(([name, field]) => [name, value(field)]))
  expect(whyUndocumented({ type, billingCustomerId, data: filled(({ example }) => example) })).toBeUndefined()
  expect(Buffer.byteLength(JSON.stringify(filled(longest)))).toBeLessThan(20_000)
})

test.each([
  ['charge.succeeded', { charge_id: 'ch_1', amount: 1500, late: false }, 'currency is missing'],
  ['charge.succeeded', { charge_id: 'ch_1', amount: 1500, currency: 'USD', late: false, note: '' }, 'note is unknown'],
  ['charge.succeeded', { charge_id: 'ch_1', amount: '1500', currency: 'USD', late: false }, 'number'],
  ['onboarding.price_change_refused', { why: 'late' }, 'invalid'],
] as const)('%s with %o is not as documented', (type, data, why) => {
  // The words of zod, or those of the API, if another test of this process has loaded them.
  expect(whyUndocumented({ type, billingCustomerId: 'bc_1', data })).toMatch(new RegExp(why, 'i'))
})
