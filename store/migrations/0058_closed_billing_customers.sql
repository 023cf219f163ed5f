-- The end of a billing customer (docs/decisions/0048-closing-a-billing-customer.md).
alter table billing_customers drop constraint billing_customers_status_check;
alter table billing_customers add constraint billing_customers_status_check
  check (status in ('pending', 'active', 'suspended', 'closed')) not valid;
alter table billing_customers validate constraint billing_customers_status_check;

-- The initial charge that stands from before its billing customer was closed: the onboarding charges nothing.
alter table onboardings add column standing_charge_id text references charges;

-- Saved methods that a billing customer no longer uses, by the object that they came from: to be detached at the
-- gateway if we attached them and nobody else uses them. The row is deleted once that is done.
create table method_releases (
  onboarding_id       text not null,
  k                   integer not null,
  billing_customer_id text not null references billing_customers,
  due_at              timestamptz not null default now(),
  tries               integer not null default 0,
  primary key (onboarding_id, k),
  foreign key (onboarding_id, k) references payment_objects (onboarding_id, k)
);
create index method_releases_due on method_releases (due_at);
