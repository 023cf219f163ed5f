alter table customers
  add column name                text check (length(name) <= 256),
  add column email               text check (length(email) <= 320),
  add column phone               text,
  add column currency            text check (currency ~ '^[A-Z]{3}$'),
  -- Minor units: what the customer owes us by the caller's books; negative is credit.
  add column balance             bigint,
  add column address_line1       text,
  add column address_line2       text,
  add column address_city        text,
  add column address_state       text,
  add column address_postal_code text,
  add column address_country     text,
  add column metadata            jsonb not null default '{}',
  add column payment_rules       jsonb,
  add column parent_customer_id  text,
  -- The API keys that made and last changed it.
  add column created_by          text,
  add column updated_by          text,
  add column updated_at          timestamptz not null default now(),
  add check (balance is null or currency is not null),
  add check (parent_customer_id <> id),
  add foreign key (parent_customer_id, organization_id, environment) references customers (id, organization_id, environment);
create index customers_listed on customers (organization_id, environment, id) where deleted_at is null;
create index customers_children on customers (parent_customer_id) where parent_customer_id is not null;
create index customers_email on customers (organization_id, environment, lower(email)) where deleted_at is null and email is not null;

-- External ids that a customer had before: they keep resolving until another customer takes them.
create table former_external_ids (
  organization_id text not null,
  environment     text not null,
  external_id     text not null,
  customer_id     text not null,
  until           timestamptz not null default now(),
  primary key (organization_id, environment, external_id),
  foreign key (customer_id, organization_id, environment) references customers (id, organization_id, environment)
);

-- Who the customer is at other systems; the one of a gateway is the one that is charged there.
create table integration_mappings (
  customer_id     text not null,
  organization_id text not null,
  environment     text not null,
  provider        text not null check (provider in ('stripe', 'paypal', 'razorpay')),
  entity_id       text not null,
  created_at      timestamptz not null default now(),
  primary key (customer_id, provider),
  foreign key (customer_id, organization_id, environment) references customers (id, organization_id, environment)
);
