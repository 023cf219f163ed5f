-- The lists of gateways' events (docs/decisions/0060). Additive: the version before neither reads nor writes it.
alter table gateway_lists
  -- When a worker reads the list next, and the lease of the worker that does. Null for lists that reconciliation reads.
  add column due_at timestamptz,
  -- When it was last read up to then.
  add column finished_at timestamptz,
  -- Since when an event of it cannot be processed, and stops it. Null while none does.
  add column stopped_since timestamptz;
create index gateway_lists_due on gateway_lists (due_at) where due_at is not null;
