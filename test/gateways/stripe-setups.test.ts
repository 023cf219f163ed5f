import { expect, test } from 'vitest'
import type { OurMetadata } from '../../gateways/gateway.ts'
import { eachWithStripe, gateway, metadata, simulate } from '../support/gateways/stripe-gateway.ts'

const notOurs = expect.objectContaining({ kind: 'refused', vendorCode: 'setup_differs' })
const bankAsks = 'pm_card_authenticationRequired'

eachWithStripe()

async function newSetup(carries: OurMetadata = metadata, key = 'setup') {
  const customerId = await gateway.createCustomer(metadata, 'customer')
  const input = { kind: 'setup' as const, customerId, amount: 0, currency: 'USD', metadata: carries, reference: '' }
  return { kind: 'setup' as const, id: await gateway.createObject(input, key), metadata }
}
type Setup = Awaited<ReturnType<typeof newSetup>>
const confirm = (setup: Setup, id = 'pm_card_visa') =>
  gateway.confirm(setup, { reference: { id, singleUse: false }, offSession: false, amount: 0, currency: 'USD' }, 'k')

test('a setup with our metadata can be read', async () => {
  const setup = await newSetup()
  expect(await gateway.formSecret!(setup)).toContain('_secret_')
  expect(await confirm(setup, bankAsks)).toMatchObject({ state: 'needs_customer' })
  expect(await gateway.clientAction(setup)).toMatchObject({ type: 'stripe_next_action' })
})

const others = { organization_id: 'org_2', environment: 'live', billing_customer_id: 'bc_2', onboarding_id: 'onb_2' }
test.each(Object.entries(others))(
  'a setup of another %s is `refused` by every call that reads it',
  async (name, other) => {
    const setup = await newSetup({ ...metadata, [name]: other })
    await expect(gateway.read(setup)).rejects.toEqual(notOurs)
    await expect(gateway.formSecret!(setup)).rejects.toEqual(notOurs)
    await expect(confirm(setup, bankAsks)).rejects.toEqual(notOurs)
    await expect(gateway.clientAction(setup)).rejects.toEqual(notOurs)
  },
)

test('one that saved a card of someone else is `refused`; one that cannot save a card is dead', async () => {
  const nobodys = {} as OurMetadata
  const left = await newSetup(nobodys)
  expect(await gateway.close(left, 'c', false)).toMatchObject({ state: 'dead' })
  const used = await newSetup(nobodys, 'another')
  await expect(confirm(used)).rejects.toEqual(notOurs)
  await expect(gateway.close(used, 'c2', false)).rejects.toEqual(notOurs)
})

test('all failed attempts on a setup are listed, oldest first, beyond one page of 100', async () => {
  const setup = await newSetup()
  const secret = await gateway.formSecret!(setup)
  for (let i = 0; i < 105; i++)
    await simulate('confirm_setup', { client_secret: secret, payment_method: 'pm_card_visa_chargeDeclined' })
  const tries = await gateway.formTries!(setup)
  expect(tries).toHaveLength(105)
  expect(new Set(tries.map(({ id }) => id)).size).toBe(105)
  expect(tries).toEqual(tries.toSorted((a, b) => a.at.getTime() - b.at.getTime()))
})
