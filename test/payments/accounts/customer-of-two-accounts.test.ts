import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectMerchant } from '../../support/payments/merchants.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// A gateway without customers stores our customer id, which is therefore the same at each of its accounts.

let world: World
beforeAll(async () => {
  world = await createWorld({ paypal: true, longestRetryPause: 300 })
})
afterAll(() => world.close())

test('a customer who paid with a wallet at one account saves a wallet at another account', async () => {
  const { bc, page } = await world.openSetup()
  expect((await page.submitPayPal()).status).toBe(202)
  await world.ended(bc)
  const merchant = await connectMerchant(world, world.seeds, 'moved', ['paypal'])
  const asked = await world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, { gateway: 'paypal' })
  const submitted = await world.pageOf(asked.body.replacement.setup_url).submitPayPal({ amount: 0, currency: 'USD' })
  expect(submitted.status).toBe(202)
  const { replacement } = await until(
    () => world.billingCustomer(bc),
    (shown) => shown.replacement.ended_at !== null || shown.replacement.needs_person !== undefined,
  )
  expect(replacement.status).toBe('completed')
  const rows = await world.sql`
    select g.account_id, g.gateway_customer_id = g.customer_id as is_ours
    from gateway_customers g join billing_customers b on b.customer_id = g.customer_id
    where b.id = ${bc} order by g.i`
  expect([...rows]).toEqual([
    { accountId: 'ga_paypal_sandbox', isOurs: true },
    { accountId: merchant.ids.paypal, isOurs: true },
  ])
})
