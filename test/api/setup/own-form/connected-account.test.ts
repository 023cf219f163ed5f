import { expect, test } from 'vitest'
import { withOwnForm, world, setUp, enter, confirm } from '../../../support/api/own-form.ts'
import { payAtConnected } from '../../../support/gateways/connected-account.ts'

// The caller's own form of an organization whose account is connected to the installation's as a platform.

withOwnForm()

test('a card on the caller’s form is saved and charged at the connected account', async () => {
  const { vendor_account_id } = await payAtConnected(world)
  const { bc, data } = await setUp()
  // For Stripe(publishable_key, { stripeAccount: stripe_account }) in the caller's page.
  expect(data).toMatchObject({ publishable_key: 'pk_test_world', stripe_account: vendor_account_id })
  await enter(data.client_secret)
  expect((await confirm(bc)).body).toMatchObject({ data: { bc_status: 'active' } })
  const { body: ledger } = await world.simulate(`ledger?account=${vendor_account_id}`)
  expect(ledger.charges).toMatchObject([{ amount: 1500, customer: data.stripe_customer_id }])
  expect((await world.simulate('ledger?account=acct_sim_default')).body.charges).toEqual([])
  expect((await world.simulate('accounts')).body.cross_account).toBe(0)
})
