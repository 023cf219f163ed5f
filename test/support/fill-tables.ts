import type { World } from './world.ts'

/** Fills the tables that grow with every customer, `rows` each, with what ended well; and tells PostgreSQL so. */
export async function fillTables(world: World, rows: number): Promise<void> {
  const { org_id: organization, item_id: item } = world.seeds
  await world.sql.begin(async (sql) => {
    // Foreign keys are not looked at: the rows fit by being made so.
    await sql`set local session_replication_role = replica`
    const each = (table: string, columns: Record<string, string>) =>
      sql.unsafe(
        `insert into ${table} (${Object.keys(columns).join(', ')})
         select ${Object.values(columns).join(', ')} from generate_series(1, ${rows}) as i`,
      )
    const tenant = { organization_id: `'${organization}'`, environment: `'sandbox'` }
    await each('customers', {
      ...tenant,
      id: `'cus_' || i`,
      external_id: `'of_others_' || i`,
      email: `i || '@example.com'`,
    })
    await each('former_external_ids', { ...tenant, external_id: `'former_' || i`, customer_id: `'cus_' || i` })
    await each('integration_mappings', {
      ...tenant,
      customer_id: `'cus_' || i`,
      provider: `'stripe'`,
      entity_id: `'cus_at_' || i`,
    })
    await each('billing_customers', {
      ...tenant,
      id: `'bc_' || i`,
      customer_id: `'cus_' || i`,
      status: `'active'`,
      gateway: `'stripe'`,
      currency: `'USD'`,
      created_by: `'others'`,
      payment_method_id: `'pm_' || i`,
    })
    await each('onboardings', {
      ...tenant,
      id: `'onb_' || i`,
      billing_customer_id: `'bc_' || i`,
      n: '1',
      gateway: `'stripe'`,
      require_initial: 'true',
      amount: '1500',
      currency: `'USD'`,
      expires_at: 'now()',
      ended_at: 'now()',
      result: `'completed'`,
    })
    await each('payment_objects', {
      onboarding_id: `'onb_' || i`,
      k: '1',
      environment: `'sandbox'`,
      kind: `'payment'`,
      gateway: `'stripe'`,
      gateway_customer_id: `'cus_at_' || i`,
      object_id: `'pi_' || i`,
      amount: '1500',
      currency: `'USD'`,
      state: `'paid'`,
      closed_at: 'now()',
    })
    await each('payment_attempts', {
      onboarding_id: `'onb_' || i`,
      number: '1',
      environment: `'sandbox'`,
      link_version: '1',
      source: `'page'`,
      gateway: `'stripe'`,
      reference: `'ctoken_' || i`,
      single_use: 'true',
      amount: '1500',
      currency: `'USD'`,
      k: '1',
      state: `'paid'`,
      closed_at: 'now()',
    })
    await each('charges', {
      ...tenant,
      id: `'ch_' || i`,
      billing_customer_id: `'bc_' || i`,
      onboarding_id: `'onb_' || i`,
      object_onboarding_id: `'onb_' || i`,
      k: '1',
      kind: `'initial'`,
      gateway: `'stripe'`,
      amount: '1500',
      currency: `'USD'`,
      state: `'succeeded'`,
    })
    await each('gateway_customers', {
      ...tenant,
      customer_id: `'cus_' || i`,
      gateway: `'stripe'`,
      i: '1',
      gateway_customer_id: `'cus_at_' || i`,
    })
    await each('enrollments', {
      ...tenant,
      id: `'enr_' || i`,
      billing_customer_id: `'bc_' || i`,
      billable_item_id: `'${item}'`,
    })
    await each('events', {
      ...tenant,
      id: `'evt_' || i`,
      type: `'onboarding.completed'`,
      billing_customer_id: `'bc_' || i`,
      onboarding_id: `'onb_' || i`,
      actor: `'system'`,
      update_id: `'u' || i`,
    })
    await each('gateway_events', {
      environment: `'sandbox'`,
      gateway: `'stripe'`,
      id: `'evt_at_' || i`,
      type: `'payment_intent.succeeded'`,
      state: `'done'`,
    })
    await each('idempotency_keys', {
      ...tenant,
      door: `'native'`,
      key: `'key_' || i`,
      request_hash: `'x'`,
      reserved_id: 'gen_random_uuid()',
      leased_until: 'now()',
    })
  })
  await world.sql`analyze`
}
