-- Erasing the personal data of deleted customers (docs/decisions/0057-erasing-a-person.md). Additive: the version
-- before neither reads nor writes these columns.
alter table customers
  -- From when on its personal data is to be erased, set when it is deleted. Null in rows that the version before
  -- deleted: a worker sets it.
  add column erase_at timestamptz,
  -- When a worker tries next; also the lease of the worker that does.
  add column erase_next_at timestamptz,
  add column erase_tries integer not null default 0,
  -- Since when nothing personal is left.
  add column erased_at timestamptz;

-- The customers and billing customers in a stored response, without the prefixes of their ids. Null in a response that
-- the version before stored.
alter table idempotency_keys add column subject_ids text[];

-- When name and email of a customer that this service created at a gateway were erased there.
alter table gateway_customers add column erased_at timestamptz;
