import type { Sql } from '../../../store/database/database.ts'

/** The tables whose rows get an account. */
export const tables = [
  ...['payment_objects', 'payment_attempts', 'charges', 'gateway_customers', 'gateway_events', 'method_removals'],
  ...['approval_sessions', 'billing_customers'],
]

/** Inserts rows as the release before does: of even numbers at Stripe in the sandbox, of odd ones at PayPal, live. */
export async function writeAsBefore(sql: Sql, from: number, to: number): Promise<void> {
  const gateway = `(array['stripe', 'paypal'])[i % 2 + 1]`
  const environment = `(array['sandbox', 'live'])[i % 2 + 1]`
  const insert = (table: string, values: Record<string, string>) =>
    sql.unsafe(`insert into ${table} (${Object.keys(values).join(', ')})
      select ${Object.values(values).join(', ')} from generate_series(${from}, ${to}) as i`)
  const tenant = { organization_id: `'org_1'`, environment }
  const money = { amount: '1500', currency: `'USD'` }
  await insert('customers', { ...tenant, id: `'cus_' || i` })
  await insert('billing_customers', {
    ...{ ...tenant, gateway, id: `'bc_' || i`, customer_id: `'cus_' || i`, currency: `'USD'`, created_by: `'test'` },
    // One in three has not paid yet.
    payment_method_id: `case when i % 3 > 0 then 'pm_' || i end`,
  })
  await insert('onboardings', {
    ...{ ...tenant, ...money, gateway, id: `'onb_' || i`, billing_customer_id: `'bc_' || i`, n: '1' },
    ...{ require_initial: 'true', expires_at: 'now()', ended_at: 'now()', result: `'completed'` },
  })
  const ofOnboarding = { onboarding_id: `'onb_' || i`, gateway }
  await insert('payment_objects', {
    ...{ ...ofOnboarding, ...money, environment, k: '1', kind: `'payment'`, gateway_customer_id: `'cus_at_' || i` },
    object_id: `'pi_' || i`,
  })
  await insert('payment_attempts', {
    ...{ ...ofOnboarding, ...money, environment, number: '1', link_version: '1', source: `'page'`, state: `'paid'` },
    ...{ reference: `'ctoken_' || i`, single_use: 'true', closed_at: 'now()' },
  })
  await insert('charges', {
    ...{ ...tenant, ...ofOnboarding, ...money, id: `'ch_' || i`, billing_customer_id: `'bc_' || i`, k: '1' },
    ...{ object_onboarding_id: `'onb_' || i`, kind: `'initial'`, state: `'succeeded'` },
  })
  await insert('gateway_customers', {
    ...{ ...tenant, gateway, customer_id: `'cus_' || i`, i: '1', gateway_customer_id: `'cus_at_' || i` },
  })
  await insert('gateway_events', { environment, gateway, id: `'evt_' || i`, type: `'x'`, state: `'done'` })
  await insert('method_removals', { ...ofOnboarding, environment, method_id: `'pm_' || i` })
  await insert('approval_sessions', { ...ofOnboarding, ...money, n: '1', token: `'token_' || i` })
}
