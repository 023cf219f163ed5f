-- outside a transaction
-- What metrics read. Additive: the version before neither reads nor writes it.

-- When reconciliation last completed a round; at first, when this table was made.
create table if not exists reconciliation (
  is_only     boolean primary key default true check (is_only),
  finished_at timestamptz not null default now()
);
insert into reconciliation default values on conflict do nothing;
-- Few rows: charges whose money is on its way, or in question.
create index concurrently if not exists charges_undecided on charges (environment, state)
  where state in ('open', 'unknown', 'refund_pending', 'refund_failed');
