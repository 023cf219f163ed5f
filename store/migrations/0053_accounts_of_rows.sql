-- The account of every row that names an object at a gateway. Ids are unique within an account.
-- The release before writes rows without it, and updates older ones, for the installation's accounts, which are all
-- that it knows: triggers fill it in. 0054 fills the older rows.
create function fill_account() returns trigger language plpgsql as $$
begin
  new.account_id := installation_account(new.gateway, new.environment);
  return new;
end
$$;

alter table payment_objects
  add column account_id text,
  add constraint payment_objects_account check (account_id is not null) not valid;
create trigger fill_account before insert or update on payment_objects
  for each row when (new.account_id is null) execute function fill_account();

alter table payment_attempts
  add column account_id text,
  add constraint payment_attempts_account check (account_id is not null) not valid;
create trigger fill_account before insert or update on payment_attempts
  for each row when (new.account_id is null) execute function fill_account();

alter table charges
  add column account_id text,
  add constraint charges_account check (account_id is not null) not valid;
create trigger fill_account before insert or update on charges
  for each row when (new.account_id is null) execute function fill_account();

alter table gateway_customers
  add column account_id text,
  add constraint gateway_customers_account check (account_id is not null) not valid;
create trigger fill_account before insert or update on gateway_customers
  for each row when (new.account_id is null) execute function fill_account();

alter table gateway_events
  add column account_id text,
  add constraint gateway_events_account check (account_id is not null) not valid;
create trigger fill_account before insert or update on gateway_events
  for each row when (new.account_id is null) execute function fill_account();

alter table method_removals
  add column account_id text,
  add constraint method_removals_account check (account_id is not null) not valid;
create trigger fill_account before insert or update on method_removals
  for each row when (new.account_id is null) execute function fill_account();

-- A session has no environment of its own.
create function fill_account_of_session() returns trigger language plpgsql as $$
begin
  select installation_account(new.gateway, o.environment) into new.account_id
  from onboardings o where o.id = new.onboarding_id;
  return new;
end
$$;
alter table approval_sessions
  add column account_id text,
  add constraint approval_sessions_account check (account_id is not null) not valid;
create trigger fill_account before insert or update on approval_sessions
  for each row when (new.account_id is null) execute function fill_account_of_session();

-- Of a billing customer it is the account of its saved method. The release before can save one at another gateway.
create function follow_account() returns trigger language plpgsql as $$
begin
  if new.account_id is null
    or exists (select from gateway_accounts a where a.id = new.account_id and a.organization_id is null) then
    new.account_id := installation_account(new.gateway, new.environment);
  end if;
  return new;
end
$$;
alter table billing_customers
  add column account_id text,
  add constraint billing_customers_account
    check (account_id is not null or (gateway_customer_id is null and payment_method_id is null)) not valid;
create trigger follow_account before insert or update on billing_customers
  for each row when (
    (new.gateway_customer_id is not null or new.payment_method_id is not null)
    and new.account_id is distinct from installation_account(new.gateway, new.environment)
  ) execute function follow_account();
