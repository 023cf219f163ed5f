create table idempotency_keys (
  organization_id text not null references organizations,
  environment     text not null,
  door            text not null,
  key             text not null,
  -- SHA-256 of method, path and body, without the credential in it.
  request_hash    bytea not null,
  -- What the call creates gets an id made of this one: a second try, after a crash, finds it made.
  reserved_id     uuid not null,
  -- Counts the tries; only the latest may store its answer.
  try             integer not null default 1,
  -- While a try runs, nobody else takes the key until then.
  leased_until    timestamptz not null,
  -- The first answer; null while none was given. It holds no secret: see link and api/idempotency.ts.
  status          integer,
  content_type    text,
  body            text,
  link            jsonb,
  created_at      timestamptz not null default now(),
  primary key (organization_id, environment, door, key)
);
create index idempotency_keys_old on idempotency_keys (created_at);

-- Calls per API key, where they are counted across processes; the shape is rate-limiter-flexible's.
create table rate_limits (
  key    varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
