import { expect, test } from 'vitest'
import { withFlexPrice, world, call, refusal, newExternalId, create } from '../../support/api/flexprice.ts'

withFlexPrice()

const text = [7, true, {}, [], 'a\u0000', '\ud800']
const upTo = (most: number) => ({ good: ['x'.repeat(most), 'ÖI 李 👩‍🚀'], bad: ['x'.repeat(most + 1), ...text] })
const email = (length: number) => `${'x'.repeat(length - 12)}@example.com`
const mapping = { provider: 'paypal', id: 'x'.repeat(255) }

const limits: Record<string, { good: unknown[]; bad: unknown[] }> = {
  external_id: {
    good: ['x'.repeat(256), 'ключ 1/2'],
    bad: ['x'.repeat(257), '', ...text, 'cust_01k2j0q8e5f7g9h1j3k5m7n9p1', 'cus_01k2j0q8e5f7g9h1j3k5m7n9p1'],
  },
  name: upTo(255),
  email: { good: ['ä@example.com', email(254)], bad: [email(255), 'nobody', ...text] },
  address_line1: upTo(255),
  address_line2: upTo(255),
  address_city: upTo(100),
  address_state: upTo(100),
  address_postal_code: { good: ['x'.repeat(20)], bad: ['x'.repeat(21), ...text] },
  address_country: { good: ['US', 'GB'], bad: ['us', 'USA', 'XX', ...text] },
  metadata: {
    good: [{}, { ключ: 'значение 👍' }],
    bad: ['', 7, [], { a: 1 }, { a: null }, { a: '\u0000' }, { 'a\ud800': '' }],
  },
  parent_customer_id: { good: [], bad: ['x'.repeat(65), 'cust_nobody', ...text] },
  parent_customer_external_id: { good: [], bad: ['x'.repeat(257), 'nobody', ...text] },
  integration_entity_mapping: {
    good: [],
    bad: [
      '',
      7,
      {},
      [7],
      [{}],
      [{ ...mapping, provider: 'visa' }],
      [{ ...mapping, id: 'x'.repeat(256) }],
      [mapping, mapping],
    ],
  },
  surprise: { good: [], bad: ['x'] },
}

test.each(Object.entries(limits))(
  '%s: accepts values up to the limit and rejects others by name',
  async (field, { good, bad }) => {
    const bodyWith = (value: unknown) => ({ external_id: newExternalId(), [field]: value })
    for (const value of good) {
      const { status, body } = await call('POST', '', bodyWith(value))
      expect([status, body[field]]).toEqual([201, value])
    }
    const customer = await create()
    const count = () => world.sql`select count(*) from customers`
    const before = await count()
    for (const value of bad)
      for (const answer of [
        await call('POST', '', bodyWith(value)),
        await call('PUT', `/${customer.id}`, { [field]: value }),
      ]) {
        const shown = JSON.stringify(value)?.slice(0, 60)
        expect(answer.status, shown).toBe(400)
        expect(refusal(answer).param?.split('.')[0], shown).toBe(field)
      }
    expect(await count()).toEqual(before)
    expect((await call('GET', `/${customer.id}`)).body).toEqual(customer)
  },
)

test('requires an external id, and a boolean to skip the onboarding', async () => {
  for (const external_id of [undefined, null]) {
    const answer = await call('POST', '', { name: 'Acme', external_id })
    expect([answer.status, refusal(answer).param]).toEqual([400, 'external_id'])
  }
  const answer = await call('POST', '', { external_id: newExternalId(), skip_onboarding_workflow: 'yes' })
  expect(refusal(answer).param).toBe('skip_onboarding_workflow')
})
