-- Events of the gateways: written after whoever must look was told, so that one that was not taken is sent again.
create table gateway_events (
  environment text not null check (environment in ('live', 'sandbox')),
  gateway     text not null check (gateway in ('stripe', 'paypal')),
  id          text not null,
  type        text not null,
  object_id   text,
  -- dead: it names an object of ours that we know nothing of; a person may want to know why.
  state       text not null check (state in ('done', 'dead')),
  received_at timestamptz not null default now(),
  primary key (environment, gateway, id)
);
create index gateway_events_dead on gateway_events (received_at) where state = 'dead';

-- How many events were refused as forged or unreadable.
create table refused_gateway_events (
  gateway text not null,
  day     date not null,
  count   bigint not null,
  primary key (gateway, day)
);

alter table charges add column disputed_at timestamptz;
create index billing_customers_method on billing_customers (environment, gateway, payment_method_id) where payment_method_id is not null;
