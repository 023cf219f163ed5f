-- Who waits for a turn while an organization is at its limit of declines (docs/decisions/0031), and who was admitted in
-- the last seconds. One place per contact for submissions, and one for forms of callers. Rows live for 90 seconds.
create table admission_queue (
  billing_customer_id text not null,
  opens_form          boolean not null,
  organization_id     text not null,
  environment         text not null,
  -- The hash of the address that a submission comes from; without one, the billing customer.
  source              text not null,
  -- Whether the contact was known before the attempts that fill the limit, and none of them is its own.
  is_known            boolean not null,
  waits_since         timestamptz not null default clock_timestamp(),
  asked_at            timestamptz not null default clock_timestamp(),
  admitted_at         timestamptz,
  primary key (billing_customer_id, opens_form),
  foreign key (billing_customer_id, organization_id, environment)
    references billing_customers (id, organization_id, environment) on delete cascade
);
create index admission_queue_organization on admission_queue (organization_id, environment);
