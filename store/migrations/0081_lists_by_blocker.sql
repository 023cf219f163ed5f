-- outside a transaction
-- Lists filtered by what live onboardings wait for: without these, those of all organizations are read. Additive.
-- In the order of the list, for what most of them wait for: a page is found without the others.
create index concurrently if not exists onboardings_live
  on onboardings (organization_id, environment, billing_customer_id)
  where kind = 'onboarding' and ended_at is null;
-- Few rows.
create index concurrently if not exists onboardings_blocked
  on onboardings (organization_id, environment, blocked_on, billing_customer_id)
  where kind = 'onboarding' and ended_at is null and blocked_on in ('gateway', 'operator');
