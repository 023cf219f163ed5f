-- Saved methods that are being taken away at the gateway, or were. From the claim on nobody takes them
-- (docs/decisions/0012).
create table method_removals (
  environment   text not null,
  gateway       text not null check (gateway in ('stripe', 'paypal')),
  method_id     text not null,
  -- Whose undoing claimed it; the gateway's key is made of it.
  onboarding_id text not null references onboardings,
  state         text not null default 'removing' check (state in ('removing', 'removed')),
  -- How often its call was given a new key, after one whose stored answer is a failure.
  c             integer not null default 0,
  -- When it was tried last by what takes up unfinished ones.
  tried_at      timestamptz not null default now(),
  claimed_at    timestamptz not null default now(),
  removed_at    timestamptz,
  primary key (environment, gateway, method_id),
  check ((state = 'removed') = (removed_at is not null))
);
create index method_removals_unfinished on method_removals (tried_at) where state = 'removing';

-- Since when the onboarding that was undone lays no claim to the method of its object.
alter table payment_objects add column method_gone_at timestamptz;
-- When the attempt was sent last: until a step's time limit after that, a call with it may arrive.
alter table payment_attempts add column last_sent_at timestamptz;
update payment_attempts set last_sent_at = sent_at where sent_at is not null and closed_at is null;

-- Who holds a method is asked before each removal.
create index payment_objects_method on payment_objects (method_id) where method_id is not null;
create index payment_attempts_open_method on payment_attempts (method_id) where closed_at is null;
create index payment_attempts_open_reference on payment_attempts (reference) where closed_at is null;
create index approval_sessions_method on approval_sessions (method_id) where method_id is not null;
