import { expect, test } from 'vitest'
import { payAtConnected } from '../../../support/gateways/connected-account.ts'
import { enterCard, isDone, openOnPhone, pageWorld, pay } from '../../../support/phone.ts'
import { until } from '../../../support/until.ts'

// An organization whose account is connected to the installation's as a platform: the customer's browser pays there.

const own = pageWorld()

const ledgerOf = async (account: string) => (await own.world.simulate(`ledger?account=${account}`)).body
const platform = 'acct_sim_default'

test('a customer pays at the connected account, is refunded and closed there; the platform has nothing', async () => {
  const { world } = own
  const { id, vendor_account_id: connected } = await payAtConnected(world)
  const { bc, page: setup } = await world.openSetup()
  const phone = await openOnPhone(own.browser, setup.url.href)
  await phone.page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false }).waitFor()
  expect(await phone.page.getByRole('radio', { name: 'PayPal' }).count()).toBe(0)
  // The bank asks for the customer in the vendor's script, which acts on the connected account, too.
  await enterCard(phone.page, '4000002760003184')
  await pay(phone.page)
  await phone.page.frameLocator('iframe[title="Your bank\'s page"]').getByRole('button', { name: 'Complete' }).click()
  await isDone(phone.page)
  expect(phone.complaints).toEqual([])
  await phone.close()
  await world.ended(bc)

  const [charge] = (await ledgerOf(connected)).charges
  expect(charge).toMatchObject({ amount: 1500, metadata: { billing_customer_id: bc } })
  const [row] = await world.sql`
    select c.account_id as charged, p.account_id as object, b.account_id as holder
    from charges c join billing_customers b on b.id = c.billing_customer_id
      join payment_objects p on p.onboarding_id = c.object_onboarding_id and p.k = c.k
    where c.billing_customer_id = ${bc}`
  expect(row).toEqual({ charged: id, object: id, holder: id })

  const { initial_charge } = (await world.billingCustomer(bc)).onboarding
  const chargeId =
    initial_charge?.id ?? (await world.sql`select id from charges where billing_customer_id = ${bc}`)[0]!.id
  const refunded = await world.asNative('POST', `/v1/charges/${chargeId}/refund`, { amount: 500, reason: 'test' })
  expect(refunded).toMatchObject({ status: 200 })
  await until(async () => (await ledgerOf(connected)).refunds.length === 1)
  const closed = await world.asNative('POST', `/v1/billing_customers/${bc}/close`, {
    reason: 'test',
    refund_initial: true,
  })
  expect(closed).toMatchObject({ status: 200, body: { status: 'closed' } })
  const { refunds } = await until(
    () => ledgerOf(connected),
    ({ refunds, payment_methods }) =>
      refunds.length === 2 && payment_methods.every(({ customer }: { customer: string | null }) => customer === null),
  )
  expect(refunds.map(({ amount }: { amount: number }) => amount).sort()).toEqual([1000, 500])
  expect(await ledgerOf(platform)).toMatchObject({ charges: [], refunds: [], payment_methods: [], customers: [] })
  expect((await world.simulate('accounts')).body.cross_account).toBe(0)
})
