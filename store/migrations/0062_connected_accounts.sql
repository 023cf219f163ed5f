-- Accounts that are connected to the installation's account as a platform: they have no keys of their own
-- (docs/decisions/0051).
alter table gateway_accounts
  drop constraint gateway_accounts_check,
  add constraint gateway_accounts_check check (
    organization_id is null
    or (vendor_account_id is not null and (auth = 'connect' or wrapped_key is not null))),
  drop constraint gateway_accounts_status_check,
  -- pending: the gateway does not permit charges, not yet or not at present.
  add constraint gateway_accounts_status_check check (status in ('pending', 'active', 'draining', 'disabled')),
  -- Whether the gateway permits charges, and what it requires; and when that was read.
  add column standing jsonb,
  add column standing_at timestamptz;
