import type { World } from '../support/world/world.ts'
import { waitUntil } from './journeys.ts'

// Customers of two organizations who share the wallet of all other customers, and must not be affected.

/** Activates these customers, and makes PayPal keep one payment token per payer. Returns their billing customer ids. */
export async function activateOthers(world: World, payer: string): Promise<string[]> {
  await world.simulatePayPal('settings', { multiple_payment_tokens: false })
  const { org_id, brand_id, secret_key, item_id } = world.seeds.other_org
  const tenants = [{ bi_id: world.seeds.item_id }, { api_key: secret_key, org_id, brand_id, bi_id: item_id }]
  return Promise.all(
    tenants.map(async (fields) => {
      const { bc, page } = await world.openSetup(undefined, fields)
      await page.submitPayPal(undefined, payer)
      await waitUntil(async () => {
        const rows = await world.sql`select 1 from billing_customers where id = ${bc} and status = 'active'`
        return rows.length > 0
      })
      return bc
    }),
  )
}

/** Returns how many of these active customers have lost their payment method, here or at PayPal. */
export async function methodsGone(world: World, billingCustomers: string[]): Promise<number> {
  if (billingCustomers.length === 0) return 0
  const rows = await world.sql<{ paymentMethodId: string | null }[]>`
    select payment_method_id from billing_customers where id = any(${billingCustomers}) and status = 'active'`
  const { body } = await world.simulatePayPal('ledger')
  const there = new Set((body.payment_methods as { id: string }[]).map(({ id }) => id))
  const kept = rows.filter(({ paymentMethodId }) => paymentMethodId !== null && there.has(paymentMethodId))
  return billingCustomers.length - kept.length
}
