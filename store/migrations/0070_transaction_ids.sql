-- outside a transaction
-- Reconciliation with lists that name transactions instead of payment objects (docs/decisions/0061). Additive: the
-- version before neither reads nor writes these columns.

alter table payment_objects
  -- The gateway's id of the payment in its lists, if that is not the object's id. Null until it was read.
  add column if not exists transaction_id text;
create index concurrently if not exists payment_objects_transaction on payment_objects (account_id, transaction_id)
  where transaction_id is not null;

alter table gateway_lists
  -- Where the next window of the comparison in progress begins. Null if none is in progress.
  add column if not exists window_start timestamptz;
