-- What an object that is created and paid in one call says of its payer: approved just before, or charged without being
-- asked. A repeated call must say the same; null where it was asked for before this was noted.
alter table payment_objects add column payer_present boolean;

-- Beside the forged ones: events that are genuine as far as can be seen and were refused, as an operator must act.
alter table refused_gateway_events
  add column not_trusted bigint not null default 0,
  add column other_version bigint not null default 0;

-- Gateways that refused to begin for an organization: not offered by it until then, when a customer may try again.
create table refused_gateways (
  organization_id text not null references organizations,
  environment text not null check (environment in ('live', 'sandbox')),
  gateway text not null check (gateway in ('stripe', 'paypal')),
  code        text not null,
  offered_at  timestamptz not null,
  primary key (organization_id, environment, gateway)
);
-- Which gateway refused to begin for this onboarding: a person is needed while it still does.
alter table onboardings add column refused_gateway text check (refused_gateway in ('stripe', 'paypal'));
