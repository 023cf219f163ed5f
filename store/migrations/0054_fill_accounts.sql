-- outside a transaction
-- The accounts of rows from before 0053. A batch passes over rows that others hold; what is left is filled one by one,
-- so that no batch waits for a row while it holds others.

create index concurrently if not exists payment_objects_without_account on payment_objects (onboarding_id, k)
  where account_id is null;
-- in batches
update payment_objects r set account_id = installation_account(r.gateway, r.environment)
where (r.onboarding_id, r.k) in (
  select onboarding_id, k from payment_objects
  where account_id is null
  order by onboarding_id, k limit 1000 for no key update skip locked);
-- in batches
update payment_objects r set account_id = installation_account(r.gateway, r.environment)
where (r.onboarding_id, r.k) in (
  select onboarding_id, k from payment_objects
  where account_id is null
  order by onboarding_id, k limit 1 for no key update);
drop index concurrently if exists payment_objects_without_account;
alter table payment_objects validate constraint payment_objects_account;

create index concurrently if not exists payment_attempts_without_account on payment_attempts (onboarding_id, number)
  where account_id is null;
-- in batches
update payment_attempts r set account_id = installation_account(r.gateway, r.environment)
where (r.onboarding_id, r.number) in (
  select onboarding_id, number from payment_attempts
  where account_id is null
  order by onboarding_id, number limit 1000 for no key update skip locked);
-- in batches
update payment_attempts r set account_id = installation_account(r.gateway, r.environment)
where (r.onboarding_id, r.number) in (
  select onboarding_id, number from payment_attempts
  where account_id is null
  order by onboarding_id, number limit 1 for no key update);
drop index concurrently if exists payment_attempts_without_account;
alter table payment_attempts validate constraint payment_attempts_account;

create index concurrently if not exists charges_without_account on charges (id)
  where account_id is null;
-- in batches
update charges r set account_id = installation_account(r.gateway, r.environment)
where r.id in (
  select id from charges
  where account_id is null
  order by id limit 1000 for no key update skip locked);
-- in batches
update charges r set account_id = installation_account(r.gateway, r.environment)
where r.id in (
  select id from charges
  where account_id is null
  order by id limit 1 for no key update);
drop index concurrently if exists charges_without_account;
alter table charges validate constraint charges_account;

create index concurrently if not exists gateway_customers_without_account on gateway_customers (customer_id, gateway, i)
  where account_id is null;
-- in batches
update gateway_customers r set account_id = installation_account(r.gateway, r.environment)
where (r.customer_id, r.gateway, r.i) in (
  select customer_id, gateway, i from gateway_customers
  where account_id is null
  order by customer_id, gateway, i limit 1000 for no key update skip locked);
-- in batches
update gateway_customers r set account_id = installation_account(r.gateway, r.environment)
where (r.customer_id, r.gateway, r.i) in (
  select customer_id, gateway, i from gateway_customers
  where account_id is null
  order by customer_id, gateway, i limit 1 for no key update);
drop index concurrently if exists gateway_customers_without_account;
alter table gateway_customers validate constraint gateway_customers_account;

create index concurrently if not exists gateway_events_without_account on gateway_events (environment, gateway, id)
  where account_id is null;
-- in batches
update gateway_events r set account_id = installation_account(r.gateway, r.environment)
where (r.environment, r.gateway, r.id) in (
  select environment, gateway, id from gateway_events
  where account_id is null
  order by environment, gateway, id limit 1000 for no key update skip locked);
-- in batches
update gateway_events r set account_id = installation_account(r.gateway, r.environment)
where (r.environment, r.gateway, r.id) in (
  select environment, gateway, id from gateway_events
  where account_id is null
  order by environment, gateway, id limit 1 for no key update);
drop index concurrently if exists gateway_events_without_account;
alter table gateway_events validate constraint gateway_events_account;

create index concurrently if not exists method_removals_without_account
  on method_removals (environment, gateway, method_id)
  where account_id is null;
-- in batches
update method_removals r set account_id = installation_account(r.gateway, r.environment)
where (r.environment, r.gateway, r.method_id) in (
  select environment, gateway, method_id from method_removals
  where account_id is null
  order by environment, gateway, method_id limit 1000 for no key update skip locked);
-- in batches
update method_removals r set account_id = installation_account(r.gateway, r.environment)
where (r.environment, r.gateway, r.method_id) in (
  select environment, gateway, method_id from method_removals
  where account_id is null
  order by environment, gateway, method_id limit 1 for no key update);
drop index concurrently if exists method_removals_without_account;
alter table method_removals validate constraint method_removals_account;

create index concurrently if not exists approval_sessions_without_account on approval_sessions (onboarding_id, n)
  where account_id is null;
-- in batches
update approval_sessions r set account_id = installation_account(r.gateway, o.environment)
from onboardings o
where o.id = r.onboarding_id and (r.onboarding_id, r.n) in (
  select onboarding_id, n from approval_sessions
  where account_id is null
  order by onboarding_id, n limit 1000 for no key update skip locked);
-- in batches
update approval_sessions r set account_id = installation_account(r.gateway, o.environment)
from onboardings o
where o.id = r.onboarding_id and (r.onboarding_id, r.n) in (
  select onboarding_id, n from approval_sessions
  where account_id is null
  order by onboarding_id, n limit 1 for no key update);
drop index concurrently if exists approval_sessions_without_account;
alter table approval_sessions validate constraint approval_sessions_account;

create index concurrently if not exists billing_customers_without_account on billing_customers (id)
  where account_id is null and (gateway_customer_id is not null or payment_method_id is not null);
-- in batches
update billing_customers r set account_id = installation_account(r.gateway, r.environment)
where r.id in (
  select id from billing_customers
  where account_id is null and (gateway_customer_id is not null or payment_method_id is not null)
  order by id limit 1000 for no key update skip locked);
-- in batches
update billing_customers r set account_id = installation_account(r.gateway, r.environment)
where r.id in (
  select id from billing_customers
  where account_id is null and (gateway_customer_id is not null or payment_method_id is not null)
  order by id limit 1 for no key update);
drop index concurrently if exists billing_customers_without_account;
alter table billing_customers validate constraint billing_customers_account;

-- The unique indexes without the account stay for the release before, whose statements need them.
create unique index concurrently if not exists payment_objects_of_account on payment_objects (account_id, object_id);
create unique index concurrently if not exists payment_attempts_of_account on payment_attempts (account_id, reference)
  where single_use;
create unique index concurrently if not exists charges_refund_of_account on charges (account_id, refund_id);
create unique index concurrently if not exists gateway_customers_of_account
  on gateway_customers (account_id, gateway_customer_id);
create unique index concurrently if not exists gateway_events_of_account on gateway_events (account_id, id);
create unique index concurrently if not exists method_removals_of_account on method_removals (account_id, method_id);
create index concurrently if not exists billing_customers_method_of_account
  on billing_customers (account_id, payment_method_id) where payment_method_id is not null;
