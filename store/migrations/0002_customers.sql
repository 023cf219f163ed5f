create table customers (
  id              text primary key,
  organization_id text not null references organizations,
  environment     text not null check (environment in ('live', 'sandbox')),
  external_id     text,
  created_at      timestamptz not null default now(),
  deleted_at      timestamptz,
  -- What foreign keys below point at, so that nothing can hang on a customer of somebody else or of the other environment.
  unique (id, organization_id, environment)
);
create unique index customers_external_id on customers (organization_id, environment, external_id)
  where deleted_at is null and external_id is not null;

create table billable_items (
  id                    text primary key,
  organization_id       text not null references organizations,
  environment           text not null check (environment in ('live', 'sandbox')),
  name                  text not null,
  type                  text not null check (type in ('one_off', 'recurring', 'trigger')),
  status                text not null default 'active' check (status in ('active', 'inactive')),
  amount                bigint not null check (amount >= 0),
  currency              text not null check (currency ~ '^[A-Z]{3}$'),
  description           text,
  capture_mode          text not null default 'off_session' check (capture_mode in ('off_session', 'client_confirm')),
  trigger_mode          text not null default 'fixed' check (trigger_mode in ('fixed', 'variable', 'event', 'threshold')),
  trigger_condition     text check (trigger_condition in ('lte', 'gte', 'eq')),
  trigger_threshold     numeric,
  allow_amount_override boolean not null default false,
  created_at            timestamptz not null default now(),
  unique (id, organization_id, environment)
);
create index billable_items_listed on billable_items (organization_id, environment, created_at);

create table billing_customers (
  id                   text primary key,
  organization_id      text not null,
  environment          text not null,
  customer_id          text not null,
  brand_id             text,
  status               text not null default 'pending' check (status in ('pending', 'active', 'suspended')),
  gateway              text not null check (gateway in ('stripe', 'paypal')),
  currency             text not null check (currency ~ '^[A-Z]{3}$'),
  allow_trigger        boolean not null default false,
  notes                text,
  metadata             jsonb not null default '{}',
  gateway_customer_id  text,
  payment_method_id    text,
  payment_method_label text,
  -- Who created the record (a hash of the Idempotency-Key, or random), so that a repeat of that call is told the same again.
  created_by           text not null,
  activated_at         timestamptz,
  created_at           timestamptz not null default now(),
  unique (environment, organization_id, customer_id),
  unique (id, organization_id, environment),
  foreign key (customer_id, organization_id, environment) references customers (id, organization_id, environment),
  foreign key (brand_id, organization_id) references brands (id, organization_id)
);

create table enrollments (
  id                   text primary key,
  organization_id      text not null,
  environment          text not null,
  billing_customer_id  text not null,
  billable_item_id     text not null,
  status               text not null default 'active' check (status in ('active', 'paused', 'cancelled')),
  consecutive_failures integer not null default 0,
  last_triggered_at    timestamptz,
  created_at           timestamptz not null default now(),
  foreign key (billing_customer_id, organization_id, environment) references billing_customers (id, organization_id, environment),
  foreign key (billable_item_id, organization_id, environment) references billable_items (id, organization_id, environment)
);
create unique index enrollments_one_active on enrollments (billing_customer_id, billable_item_id) where status = 'active';
create index enrollments_listed on enrollments (organization_id, environment, created_at);
