create table onboardings (
  id                  text primary key,
  organization_id     text not null,
  environment         text not null,
  billing_customer_id text not null,
  n                   integer not null check (n > 0),
  gateway             text not null check (gateway in ('stripe', 'paypal')),
  require_initial     boolean not null,
  amount              bigint not null check (amount > 0),
  currency            text not null check (currency ~ '^[A-Z]{3}$'),
  billable_item_id    text,
  closing             text check (closing in ('expired', 'canceled', 'failed')),
  closing_by          text,
  closing_why         text,
  link_version        integer not null default 1,
  link_given_at       timestamptz,
  expires_at          timestamptz not null,
  reminders_sent      integer not null default 0,
  blocked_on          text check (blocked_on in ('customer', 'gateway', 'operator')),
  next_retry_at       timestamptz,
  started_at          timestamptz,
  -- By when somebody must look; null once ended. See store/wake.ts.
  wake_at             timestamptz,
  wakes               integer not null default 0,
  result              text check (result in ('completed', 'expired', 'canceled', 'failed')),
  ended_at            timestamptz,
  created_at          timestamptz not null default now(),
  unique (billing_customer_id, n),
  foreign key (billing_customer_id, organization_id, environment) references billing_customers (id, organization_id, environment),
  foreign key (billable_item_id, organization_id, environment) references billable_items (id, organization_id, environment),
  check ((ended_at is null) = (result is null)),
  check ((ended_at is null) = (wake_at is not null))
);
create unique index onboardings_one_live on onboardings (billing_customer_id) where ended_at is null;
create index onboardings_wake on onboardings (wake_at) where ended_at is null;

create table payment_objects (
  onboarding_id text not null references onboardings,
  k             integer not null check (k > 0),
  environment   text not null,
  kind          text not null check (kind in ('payment', 'setup')),
  gateway       text not null check (gateway in ('stripe', 'paypal')),
  gateway_customer_id text not null,
  object_id     text,
  amount        bigint not null check (amount >= 0),
  currency      text not null,
  state         text not null default 'creating' check (state in ('creating', 'open', 'paid', 'dead')),
  method_id     text,
  method_ours   boolean,
  -- How often its cancel and detach calls were given a new key, after one whose stored answer is a failure.
  c             integer not null default 0,
  -- Since when nothing may be paid on it any more; money found on it later is returned.
  closed_at     timestamptz,
  created_at    timestamptz not null default now(),
  primary key (onboarding_id, k),
  unique (environment, gateway, object_id)
);

create table payment_attempts (
  onboarding_id text not null references onboardings,
  number        integer not null check (number > 0),
  environment   text not null,
  link_version  integer not null,
  source        text not null check (source in ('page', 'api')),
  gateway       text not null check (gateway in ('stripe', 'paypal')),
  -- The gateway's name for what was submitted (a confirmation token, a saved method); never card data.
  reference     text not null,
  single_use    boolean not null,
  gateway_customer_id text,
  amount        bigint not null,
  currency      text not null,
  k             integer,
  j             integer not null default 0,
  sent_at       timestamptz,
  -- What the object showed before this attempt was sent: a difference proves that it was tried.
  seen_before   text,
  state         text not null default 'open'
    check (state in ('open', 'needs_customer', 'processing', 'paid', 'declined', 'void', 'abandoned')),
  code          text,
  created_at    timestamptz not null default now(),
  closed_at     timestamptz,
  primary key (onboarding_id, number),
  check ((closed_at is null) = (state in ('open', 'needs_customer', 'processing')))
);
create unique index payment_attempts_one_open on payment_attempts (onboarding_id) where closed_at is null;
create unique index payment_attempts_single_use on payment_attempts (environment, gateway, reference) where single_use;

create table charges (
  id                  text primary key,
  organization_id     text not null,
  environment         text not null,
  billing_customer_id text not null,
  onboarding_id       text not null references onboardings,
  -- The object that carries the money belongs to the onboarding that made it, also after another one adopted the charge.
  object_onboarding_id text not null,
  k                   integer not null,
  kind                text not null check (kind in ('initial')),
  gateway             text not null,
  amount              bigint not null check (amount > 0),
  currency            text not null,
  state               text not null default 'open'
    check (state in ('open', 'unknown', 'canceled', 'succeeded', 'refund_pending', 'refunded', 'refund_failed', 'kept')),
  late                boolean not null default false,
  refund_id           text,
  r                   integer not null default 0,
  created_at          timestamptz not null default now(),
  unique (object_onboarding_id, k),
  foreign key (object_onboarding_id, k) references payment_objects (onboarding_id, k),
  foreign key (billing_customer_id, organization_id, environment) references billing_customers (id, organization_id, environment)
);
create unique index charges_one_initial on charges (billing_customer_id)
  where kind = 'initial' and not late and state in ('open', 'unknown', 'succeeded', 'refund_pending', 'refund_failed');
create unique index charges_refund on charges (environment, gateway, refund_id);

create table gateway_customers (
  environment         text not null,
  organization_id     text not null,
  customer_id         text not null,
  gateway             text not null check (gateway in ('stripe', 'paypal')),
  i                   integer not null check (i > 0),
  gateway_customer_id text,
  dead                boolean not null default false,
  created_at          timestamptz not null default now(),
  primary key (customer_id, gateway, i),
  -- A gateway customer belongs to one organization and environment, whoever shares the gateway account.
  unique (environment, gateway, gateway_customer_id),
  foreign key (customer_id, organization_id, environment) references customers (id, organization_id, environment)
);
