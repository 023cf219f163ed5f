-- The payment method that we made of what the customer approved: stored before money moves, so that it can be taken back.
alter table payment_attempts add column method_id text;

-- What a customer was sent to approve outside of our page: the row first, then the gateway's token.
create table approval_sessions (
  onboarding_id text not null references onboardings,
  n             integer not null check (n > 0),
  gateway       text not null check (gateway in ('paypal')),
  token         text,
  approve_url   text,
  -- The price that was shown when it began.
  amount        bigint not null,
  currency      text not null,
  created_at    timestamptz not null default now(),
  primary key (onboarding_id, n)
);
