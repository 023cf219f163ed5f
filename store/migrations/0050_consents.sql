-- What a customer agreed to on the hosted page with a submitted payment method. The sentences are kept, because names,
-- addresses and items in them can change. Languages are not constrained: see 0048. Null as address: a call from this
-- machine, or the customer was deleted.
create table consents (
  onboarding_id text not null references onboardings,
  gateway       text not null,
  reference     text not null,
  version       integer not null check (version > 0),
  language      text not null,
  way           text not null check (way in ('text', 'checkbox')),
  sentences     text not null,
  address_hash  text,
  given_at      timestamptz not null default clock_timestamp(),
  primary key (onboarding_id, gateway, reference)
);
