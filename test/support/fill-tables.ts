import type { World } from './world/world.ts'

/** Where the rows were paid. `transaction`: the SQL expression for the transaction of a payment. */
export interface FilledGateway {
  gateway: string
  /** The start of the ids of its payment objects. */
  names: string
  transaction: string
}
const stripe: FilledGateway = { gateway: 'stripe', names: 'pi_', transaction: 'null' }

/** The SQL expression for each column of each table. `i` is the row number. The onboardings are completed. */
const columnsOf = (
  { org_id, item_id }: World['seeds'],
  { gateway: name, names, transaction }: FilledGateway,
): Record<string, Record<string, string>> => {
  const gateway = `'${name}'`
  const tenant = { organization_id: `'${org_id}'`, environment: `'sandbox'` }
  // Triggers fill it in, and do not run here.
  const account = { account_id: `'ga_${name}_sandbox'` }
  return {
    customers: { ...tenant, id: `'cus_' || i`, external_id: `'of_others_' || i`, email: `i || '@example.com'` },
    earlier_external_ids: {
      ...tenant,
      external_id: `'earlier_' || i`,
      customer_id: `'cus_' || i`,
      until: 'now()',
    },
    former_external_ids: { ...tenant, external_id: `'former_' || i`, customer_id: `'cus_' || i` },
    integration_mappings: { ...tenant, customer_id: `'cus_' || i`, provider: gateway, entity_id: `'cus_at_' || i` },
    billing_customers: {
      ...tenant,
      ...account,
      id: `'bc_' || i`,
      customer_id: `'cus_' || i`,
      status: `'active'`,
      gateway,
      currency: `'USD'`,
      created_by: `'others'`,
      payment_method_id: `'pm_' || i`,
    },
    onboardings: {
      ...tenant,
      id: `'onb_' || i`,
      billing_customer_id: `'bc_' || i`,
      n: '1',
      gateway,
      require_initial: 'true',
      amount: '1500',
      currency: `'USD'`,
      expires_at: 'now()',
      ended_at: 'now()',
      result: `'completed'`,
    },
    payment_objects: {
      ...account,
      onboarding_id: `'onb_' || i`,
      k: '1',
      environment: `'sandbox'`,
      kind: `'payment'`,
      gateway,
      gateway_customer_id: `'cus_at_' || i`,
      object_id: `'${names}' || i`,
      transaction_id: transaction,
      amount: '1500',
      currency: `'USD'`,
      state: `'paid'`,
      closed_at: 'now()',
    },
    payment_attempts: {
      ...account,
      onboarding_id: `'onb_' || i`,
      number: '1',
      environment: `'sandbox'`,
      link_version: '1',
      source: `'page'`,
      gateway,
      reference: `'ctoken_' || i`,
      single_use: 'true',
      amount: '1500',
      currency: `'USD'`,
      k: '1',
      state: `'paid'`,
      closed_at: 'now()',
    },
    charges: {
      ...tenant,
      ...account,
      id: `'ch_' || i`,
      billing_customer_id: `'bc_' || i`,
      onboarding_id: `'onb_' || i`,
      object_onboarding_id: `'onb_' || i`,
      k: '1',
      kind: `'initial'`,
      gateway,
      amount: '1500',
      currency: `'USD'`,
      state: `'succeeded'`,
    },
    gateway_customers: {
      ...tenant,
      ...account,
      customer_id: `'cus_' || i`,
      gateway,
      i: '1',
      gateway_customer_id: `'cus_at_' || i`,
    },
    enrollments: { ...tenant, id: `'enr_' || i`, billing_customer_id: `'bc_' || i`, billable_item_id: `'${item_id}'` },
    events: {
      ...tenant,
      id: `'evt_' || i`,
      type: `'onboarding.completed'`,
      billing_customer_id: `'bc_' || i`,
      sequence: '1',
      onboarding_id: `'onb_' || i`,
      actor: `'system'`,
      update_id: `'u' || i`,
    },
    gateway_events: {
      ...account,
      environment: `'sandbox'`,
      gateway,
      id: `'evt_at_' || i`,
      type: `'payment_intent.succeeded'`,
      state: `'done'`,
    },
    idempotency_keys: {
      ...tenant,
      door: `'native'`,
      key: `'key_' || i`,
      request_hash: `'x'`,
      reserved_id: 'gen_random_uuid()',
      leased_until: 'now()',
    },
  }
}

/** Inserts `rows` rows into each table that grows with customers, and updates statistics. */
export async function fillTables(world: World, rows: number, at = stripe): Promise<void> {
  await world.sql.begin(async (sql) => {
    // Foreign keys are not checked: the rows are generated to satisfy them.
    await sql`set local session_replication_role = replica`
    for (const [table, columns] of Object.entries(columnsOf(world.seeds, at)))
      await sql.unsafe(
        `insert into ${table} (${Object.keys(columns).join(', ')})
         select ${Object.values(columns).join(', ')} from generate_series(1, ${rows}) as i`,
      )
  })
  await world.sql`analyze`
}
