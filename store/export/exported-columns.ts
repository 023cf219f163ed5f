/**
 * The tables with rows about a customer, and those of their columns that an export of the customer has, in its order.
 * docs/data-protection.md says which other tables and columns there are, and why they are left out; a test compares
 * both with the database.
 */
export const exportedColumns = {
  customers: [
    ...['id', 'organization_id', 'environment', 'external_id', 'name', 'email', 'phone', 'currency', 'balance'],
    ...['address_line1', 'address_line2', 'address_city', 'address_state', 'address_postal_code', 'address_country'],
    ...['metadata', 'payment_rules', 'parent_customer_id', 'created_by', 'updated_by'],
    ...['created_at', 'updated_at', 'deleted_at', 'erase_at'],
  ],
  former_external_ids: ['organization_id', 'environment', 'external_id', 'customer_id', 'until'],
  integration_mappings: ['customer_id', 'organization_id', 'environment', 'provider', 'entity_id', 'created_at'],
  gateway_customers: [
    ...['customer_id', 'organization_id', 'environment', 'gateway', 'account_id', 'gateway_customer_id', 'dead'],
    ...['created_at', 'erased_at'],
  ],
  billing_customers: [
    ...['id', 'organization_id', 'environment', 'customer_id', 'brand_id', 'former_brand_ids', 'status', 'gateway'],
    ...['account_id', 'currency', 'allow_trigger', 'notes', 'metadata', 'gateway_customer_id', 'payment_method_id'],
    ...['payment_method_label', 'payment_method_details', 'activated_at', 'created_at'],
  ],
  enrollments: [
    ...['id', 'organization_id', 'environment', 'billing_customer_id', 'billable_item_id', 'status'],
    ...['consecutive_failures', 'last_triggered_at', 'created_at'],
  ],
  onboardings: [
    ...['id', 'organization_id', 'environment', 'billing_customer_id', 'n', 'kind', 'gateway', 'refused_gateway'],
    ...['require_initial', 'amount', 'wanted_amount', 'currency', 'refund_initial', 'billable_item_id'],
    ...['standing_charge_id', 'replaced_onboarding_id', 'swapped_at', 'link_version', 'link_given_at', 'expires_at'],
    ...['reminders_sent', 'page_locale', 'page_theme', 'return_url', 'cancel_url', 'on_completion', 'blocked_on'],
    ...['blocked_reason', 'closing', 'closing_by', 'closing_why', 'result', 'created_at', 'started_at', 'ended_at'],
  ],
  consents: ['onboarding_id', 'gateway', 'version', 'language', 'way', 'sentences', 'address_hash', 'given_at'],
  payment_objects: [
    ...['onboarding_id', 'k', 'environment', 'kind', 'gateway', 'account_id', 'gateway_customer_id', 'object_id'],
    ...['transaction_id', 'amount', 'currency', 'state', 'payer_present', 'kept_for_later', 'method_id'],
    ...['method_label', 'method_details', 'method_gone_at', 'created_at', 'sent_at', 'closed_at'],
  ],
  payment_attempts: [
    ...['onboarding_id', 'number', 'k', 'environment', 'link_version', 'source', 'single_use', 'gateway'],
    ...['account_id', 'gateway_customer_id', 'amount', 'currency', 'state', 'code', 'customer_present', 'method_id'],
    ...['method_gone_at', 'address_hash', 'on_form', 'challenge', 'bank_asked', 'created_at', 'sent_at'],
    ...['last_sent_at', 'closed_at'],
  ],
  approval_sessions: [
    ...['onboarding_id', 'n', 'gateway', 'account_id', 'gateway_customer_id', 'method_id', 'amount', 'currency'],
    ...['asked_link', 'failed_cards', 'created_at', 'asked_at', 'admitted_at'],
  ],
  method_removals: [
    ...['environment', 'gateway', 'account_id', 'method_id', 'onboarding_id', 'state', 'claimed_at', 'removed_at'],
  ],
  charges: [
    ...['id', 'organization_id', 'environment', 'billing_customer_id', 'onboarding_id', 'object_onboarding_id', 'k'],
    ...['kind', 'gateway', 'account_id', 'amount', 'currency', 'state', 'late', 'refund_id', 'disputed_at'],
    'created_at',
  ],
  refunds: [
    ...['id', 'charge_id', 'source', 'amount', 'rest', 'state', 'failure', 'reason', 'gateway_refund_id', 'actor'],
    ...['actor_key_id', 'created_at'],
  ],
  events: [
    ...['id', 'organization_id', 'environment', 'type', 'billing_customer_id', 'onboarding_id', 'sequence', 'actor'],
    ...['data', 'update_id', 'created_at'],
  ],
  webhook_deliveries: [
    ...['endpoint_id', 'event_id', 'billing_customer_id', 'sequence', 'happened_at', 'state', 'tries', 'refusals'],
    ...['due_at', 'done_at'],
  ],
  webhook_tries: ['endpoint_id', 'event_id', 'number', 'tried_at', 'took', 'status', 'error', 'response'],
  bulk_rows: [
    ...['bulk_id', 'n', 'line', 'external_id', 'input', 'state', 'duplicate_of', 'existing', 'billing_customer_id'],
    ...['onboarding_id', 'errors', 'start_at', 'finished_at'],
  ],
  // Last, because cursors have the numbers of tables.
  earlier_external_ids: ['organization_id', 'environment', 'external_id', 'customer_id', 'until'],
} as const satisfies Record<string, readonly string[]>

export type ExportedTable = keyof typeof exportedColumns
export const exportedTables = Object.keys(exportedColumns) as [ExportedTable, ...ExportedTable[]]
