create table events (
  id                  text primary key,
  organization_id     text not null references organizations,
  environment         text not null,
  type                text not null,
  billing_customer_id text not null references billing_customers,
  onboarding_id       text references onboardings,
  -- Who caused it: system, customer, api, operator.
  actor               text not null,
  data                jsonb not null default '{}',
  -- Names a command, so that one that is carried out again (a reset run, a repeated call) changes nothing.
  update_id           text,
  created_at          timestamptz not null default now(),
  unique (onboarding_id, update_id)
);
create index events_of_billing_customer on events (billing_customer_id, created_at);
create index events_listed on events (organization_id, environment, created_at);
