create table organizations (
  id         text primary key,
  name       text not null,
  currency   text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz not null default now()
);

create table brands (
  id              text primary key,
  number          bigint generated always as identity unique,
  organization_id text not null references organizations,
  name            text not null,
  logo_url        text,
  colour          text check (colour ~ '^#[0-9a-f]{6}$'),
  support_contact text,
  created_at      timestamptz not null default now(),
  unique (id, organization_id)
);

create table api_keys (
  id              text primary key,
  organization_id text not null references organizations,
  environment     text not null check (environment in ('live', 'sandbox')),
  kind            text not null check (kind in ('secret', 'publishable')),
  name            text not null default '',
  -- SHA-256 of the key: it has 256 random bits, so nothing slower is needed to keep it from being guessed.
  secret_hash     bytea not null unique,
  last_four       text not null,
  scopes          text[] not null default '{*}',
  rotated_from    text references api_keys,
  expires_at      timestamptz,
  revoked_at      timestamptz,
  last_used_at    timestamptz,
  created_at      timestamptz not null default now()
);

create table settings (
  organization_id text not null references organizations,
  environment     text not null check (environment in ('live', 'sandbox')),
  name            text not null,
  value           jsonb not null,
  updated_at      timestamptz not null default now(),
  primary key (organization_id, environment, name)
);
