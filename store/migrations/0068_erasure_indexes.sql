-- outside a transaction
-- What erasing reads. Additive.

create index concurrently if not exists customers_to_erase on customers (erase_next_at)
  where deleted_at is not null and erased_at is null;

create index concurrently if not exists idempotency_keys_subjects on idempotency_keys using gin (subject_ids)
  where subject_ids is not null;
-- Responses that the version before stored: empty a day after the upgrade.
create index concurrently if not exists idempotency_keys_without_subjects
  on idempotency_keys (organization_id, environment) where body is not null and subject_ids is null;

create index concurrently if not exists former_external_ids_of_customer on former_external_ids (customer_id);

-- Events of a customer that belong to no billing customer.
create index concurrently if not exists events_of_customer on events ((data ->> 'customer_id'))
  where billing_customer_id is null;

create index concurrently if not exists bulk_rows_external_id on bulk_rows (external_id) where external_id is not null;
create index concurrently if not exists bulk_rows_of_billing_customer on bulk_rows (billing_customer_id)
  where billing_customer_id is not null;
