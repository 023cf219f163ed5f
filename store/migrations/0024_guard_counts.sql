-- Whether a bank had been asked when an attempt became void: such an attempt counts like a decline. Older void attempts
-- count for nothing: nobody knows. Declined and abandoned ones count by their state, also from before.
alter table payment_attempts add column bank_asked boolean not null default false;
-- Whether the organization was at its limit when it was submitted: the bank is asked for 3-D Secure.
alter table payment_attempts add column challenge boolean not null default false;

-- What the guard counts: everything but good payments. The indexes of 0010 stay for processes of the release before.
create index payment_attempts_unpaid on payment_attempts (coalesce(closed_at, created_at)) where state <> 'paid';
create index payment_attempts_unpaid_address on payment_attempts (address_hash, coalesce(closed_at, created_at))
  where address_hash is not null and state <> 'paid';

-- When a limit was last told of, by what it limits: one event in each window.
create table guard_trips (
  environment text not null check (environment in ('live', 'sandbox')),
  -- The id of an organization or of a billing customer, or a link: its onboarding and version.
  subject     text not null,
  guard_limit text not null,
  told_at     timestamptz not null default now(),
  primary key (environment, subject, guard_limit)
);
