-- Outgoing webhooks: who receives events, and what became of each (docs/decisions/0034).
create table webhook_endpoints (
  id               text primary key,
  organization_id  text not null references organizations,
  environment      text not null check (environment in ('live', 'sandbox')),
  kind             text not null default 'push' check (kind in ('push', 'pull')),
  url              text check (length(url) <= 2000),
  description      text not null default '' check (length(description) <= 255),
  -- Null: all types, also those that are added later. An entry is a type or a group: charge.*
  types            text[],
  status           text not null default 'enabled' check (status in ('enabled', 'disabled')),
  disabled_because text check (disabled_because in ('failing', 'gone', 'caller', 'operator')),
  disabled_at      timestamptz,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  deleted_at       timestamptz,
  check ((kind = 'push') = (url is not null)),
  check ((status = 'disabled') = (disabled_because is not null))
);
-- What the routing of every event reads.
create index webhook_endpoints_live on webhook_endpoints (organization_id, environment) where deleted_at is null;

create table webhook_secrets (
  endpoint_id text not null references webhook_endpoints,
  number      integer not null check (number > 0),
  sealed      bytea not null,
  -- Until when it signs; null for the newest.
  ends_at     timestamptz,
  created_at  timestamptz not null default now(),
  primary key (endpoint_id, number)
);

-- Separate from the endpoint, whose row every routed event locks by its foreign key: this one changes with each lease.
create table webhook_health (
  endpoint_id     text primary key references webhook_endpoints,
  state           text not null default 'healthy' check (state in ('healthy', 'resting', 'failing')),
  -- Failed tries since the last success, those of them in a row in which the receiver was away, and the first ten
  -- events of these tries.
  failures        integer not null default 0,
  away_in_a_row   integer not null default 0,
  failed_events   text[] not null default '{}',
  pauses          integer not null default 0,
  failing_since   timestamptz,
  -- When webhook_endpoint.failing was written; null unless it was since the last success.
  reported_at     timestamptz,
  retry_at        timestamptz,
  last_ok_at      timestamptz,
  last_status     integer,
  last_error      text,
  -- Fences what a sender writes that lost its lease.
  lease           integer not null default 0,
  leased_until    timestamptz,
  served_at       timestamptz,
  -- By when the endpoint's run must be signaled; null unless failing. See store/onboardings/wake.ts.
  wake_at         timestamptz,
  wakes           integer not null default 0,
  check ((state = 'failing') = (wake_at is not null))
);
create index webhook_health_wake on webhook_health (wake_at) where wake_at is not null;

create table webhook_deliveries (
  endpoint_id         text not null references webhook_endpoints,
  event_id            text not null references events on delete cascade,
  -- Copied from the event, so that the order needs no join.
  billing_customer_id text,
  sequence            integer,
  happened_at         timestamptz not null,
  state               text not null default 'pending' check (state in ('pending', 'delivered', 'failed', 'skipped')),
  -- All tries, and those refused by a receiver that was there: only these use up the tries of a delivery.
  tries               integer not null default 0,
  refusals            integer not null default 0,
  due_at              timestamptz not null default now(),
  done_at             timestamptz,
  primary key (endpoint_id, event_id)
);
-- With event_id: a batch is read in the order of the index. Without it, 10,000 pending deliveries cost 300 ms a batch.
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, due_at, event_id) where state = 'pending';
create index webhook_deliveries_lane on webhook_deliveries (endpoint_id, billing_customer_id, sequence)
  where state = 'pending';
create index webhook_deliveries_of_event on webhook_deliveries (event_id);
-- What housekeeping deletes.
create index webhook_deliveries_age on webhook_deliveries (happened_at);
-- Rows leave the partial indexes as fast as they come: vacuum early.
alter table webhook_deliveries
  set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);

create table webhook_tries (
  endpoint_id text not null,
  event_id    text not null,
  number      integer not null check (number > 0),
  tried_at    timestamptz not null default now(),
  -- Milliseconds.
  took        integer not null,
  status      integer,
  error       text,
  response    text check (length(response) <= 1024),
  primary key (endpoint_id, event_id, number),
  foreign key (endpoint_id, event_id) references webhook_deliveries on delete cascade
);

-- An event becomes its deliveries in the transaction that writes it: a reader of `events` would miss what commits late.
create function route_events() returns trigger language plpgsql as $$
begin
  insert into webhook_deliveries (endpoint_id, event_id, billing_customer_id, sequence, happened_at)
  select w.id, e.id, e.billing_customer_id, e.sequence, e.created_at
  from written e
    join webhook_endpoints w
      on w.organization_id = e.organization_id and w.environment = e.environment and w.deleted_at is null
      -- A test is for the endpoint that it names, whatever that one wants.
      and case when e.type = 'webhook_endpoint.test' then w.id = e.data ->> 'webhook_endpoint_id'
        else w.types is null or e.type = any (w.types) or split_part(e.type, '.', 1) || '.*' = any (w.types) end;
  return null;
end
$$;
create trigger route_events after insert on events
  referencing new table as written for each statement execute function route_events();
