-- Refunds of a charge, whole or part, each a row of its own (docs/decisions/0047-a-row-for-each-refund.md).
create table refunds (
  id                text primary key,
  charge_id         text not null references charges,
  -- request: asked for by API. undo: its onboarding did not complete. policy: initial_charge_policy is refund.
  -- gateway: found at the gateway, where somebody made it by hand or a bank took the money back.
  source            text not null check (source in ('request', 'undo', 'policy', 'gateway')),
  amount            bigint not null check (amount > 0),
  -- Whether it is for all that is left: then it may become smaller until it is sent.
  rest              boolean not null,
  state             text not null default 'pending' check (state in ('pending', 'succeeded', 'failed', 'canceled')),
  -- Why it failed: the gateway's code, or ours.
  failure           text,
  reason            text,
  -- The number of its idempotency key, of the charge's numbers.
  r                 integer not null,
  gateway_refund_id text,
  -- Who made the row: a hash of the Idempotency-Key, so that a repeat of the call finds it.
  created_by        text,
  actor             text not null default 'system',
  actor_key_id      text,
  created_at        timestamptz not null default now(),
  unique (charge_id, created_by),
  -- A refund at the gateway is counted once, whoever made it. Its index also finds the refunds of a charge.
  unique (charge_id, gateway_refund_id)
);
create index refunds_pending on refunds (charge_id) where state = 'pending';

-- By when somebody must look at a charge with a pending refund; null if nothing is pending. See store/charges/wake.ts.
alter table charges add column wake_at timestamptz, add column wakes integer not null default 0;
