-- Accounts at gateways. One without an organization is the installation's: environment variables have its secrets, and
-- its id follows from gateway and environment (docs/decisions/0045).
create table gateway_accounts (
  id                  text primary key,
  organization_id     text references organizations,
  environment         text not null check (environment in ('live', 'sandbox')),
  gateway             text not null check (gateway in ('stripe', 'paypal')),
  auth                text not null default 'keys' check (auth in ('keys', 'connect')),
  status              text not null default 'active' check (status in ('active', 'draining', 'disabled')),
  -- Whether a gateway customer without our metadata is the organization's: never, or as the account is its own.
  ownership           text not null default 'proven' check (ownership in ('proven', 'exclusive')),
  -- The gateway's own id of the account; null for the installation's until it is read.
  vendor_account_id   text,
  publishable_key     text,
  -- The last characters of the secret key.
  key_hint            text,
  webhook_endpoint_id text,
  api_version         text,
  -- The key that seals the secrets of this account, sealed with the first key of GATEWAY_KEYS.
  wrapped_key         bytea,
  -- Counts the changes of what calls are made with: processes keep what they opened until it changes.
  revision            integer not null default 1,
  verified_at         timestamptz,
  problem             text,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  -- One row for each account at the gateway: ids of objects are unique within it.
  unique (environment, gateway, vendor_account_id),
  check (organization_id is null or (vendor_account_id is not null and wrapped_key is not null))
);
create unique index gateway_accounts_active on gateway_accounts (organization_id, environment, gateway)
  where status = 'active';
create unique index gateway_accounts_installation on gateway_accounts (environment, gateway)
  where organization_id is null;

create table gateway_secrets (
  account_id text not null references gateway_accounts,
  name       text not null check (name in ('secret_key', 'client_secret', 'webhook_secret')),
  number     integer not null check (number > 0),
  sealed     bytea not null,
  -- Until when a former one is still valid; null for the newest.
  ends_at    timestamptz,
  created_at timestamptz not null default now(),
  primary key (account_id, name, number)
);

create function installation_account(gateway text, environment text) returns text
  language sql immutable strict parallel safe return 'ga_' || gateway || '_' || environment;

insert into gateway_accounts (id, environment, gateway)
select installation_account(gateway, environment), environment, gateway
from (values ('live'), ('sandbox')) as e (environment), (values ('stripe'), ('paypal')) as g (gateway);
