-- An uploaded file whose rows are onboarded at a pace.
create table bulk_onboardings (
  id                text primary key,
  organization_id   text not null references organizations,
  environment       text not null check (environment in ('live', 'sandbox')),
  status            text not null
    check (status in ('receiving', 'checked', 'running', 'paused', 'completed', 'canceled')),
  paused_because    text check (paused_because in ('operator', 'many_failures')),
  on_invalid        text not null check (on_invalid in ('stop', 'skip')),
  -- The query of the upload: a repeat with the same Idempotency-Key must have the same.
  options           jsonb not null,
  rows_per_second   integer not null,
  starts_per_second integer not null,
  content_sha256    bytea,
  idempotency_key   text,
  -- The API key of the upload, and whether it may enroll active billing customers.
  created_by        text not null,
  may_enroll        boolean not null,
  -- Row number n starts its run at starts_from + (n - starts_from_row) / starts per second.
  starts_from       timestamptz,
  starts_from_row   integer,
  -- Failures before this time do not pause the bulk onboarding again.
  failures_since    timestamptz,
  wake_at           timestamptz,
  wakes             integer not null default 0,
  -- When the last part of the upload arrived.
  received_at       timestamptz not null default now(),
  begun_at          timestamptz,
  ended_at          timestamptz,
  created_at        timestamptz not null default now(),
  check ((status in ('running', 'paused')) = (wake_at is not null)),
  check ((status in ('completed', 'canceled')) = (ended_at is not null)),
  check ((status = 'paused') = (paused_because is not null))
);
create unique index bulk_onboardings_key on bulk_onboardings (organization_id, environment, idempotency_key)
  where idempotency_key is not null;
create index bulk_onboardings_listed on bulk_onboardings (organization_id, environment, id);
create index bulk_onboardings_content on bulk_onboardings (organization_id, environment, content_sha256);
create index bulk_onboardings_wake on bulk_onboardings (wake_at) where wake_at is not null;

create table bulk_rows (
  bulk_id             text not null references bulk_onboardings on delete cascade,
  n                   integer not null check (n > 0),
  line                integer not null,
  external_id         text,
  -- What the row asks for, as validated. Null for an invalid row, and as soon as the row is done or skipped.
  input               jsonb,
  state               text not null check (state in ('ready', 'invalid', 'duplicate', 'done', 'failed', 'skipped')),
  duplicate_of        integer,
  -- Whether the contact had a billing customer before.
  existing            boolean,
  billing_customer_id text references billing_customers,
  onboarding_id       text references onboardings,
  -- [{code, param, message}]; never the value that was wrong.
  errors              jsonb,
  -- When the run of its onboarding starts at the latest.
  start_at            timestamptz,
  finished_at         timestamptz,
  primary key (bulk_id, n),
  check (state not in ('invalid', 'duplicate', 'done', 'skipped') or input is null)
);
create unique index bulk_rows_contact on bulk_rows (bulk_id, external_id) where state not in ('invalid', 'duplicate');
create index bulk_rows_state on bulk_rows (bulk_id, state, n);
create index bulk_rows_finished on bulk_rows (bulk_id, finished_at) where finished_at is not null;
create index bulk_rows_of_onboarding on bulk_rows (onboarding_id) where onboarding_id is not null;
