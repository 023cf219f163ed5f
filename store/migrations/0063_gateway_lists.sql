-- How far the lists of each gateway account were compared with the record (docs/decisions/0053). Additive: the version
-- before neither reads nor writes it.
create table gateway_lists (
  account_id     text not null references gateway_accounts,
  -- payments, refunds, disputes; recent_refunds, which are read one by one once a day.
  list           text not null,
  -- What was created at the gateway before was compared.
  compared_until timestamptz not null,
  -- The window that is being compared: its end, and the gateway's cursor of its next page. Null between windows.
  window_end     timestamptz,
  next_page      text,
  primary key (account_id, list)
);

alter table charges
  -- Since when a list of the gateway shows something else than the record: the charge is to be read there.
  add column differs_since timestamptz,
  -- Since when a paid charge has waited to be seen in a list of the gateway. Null once it was.
  add column unlisted_since timestamptz;

-- A trigger, so that charges that the version before records as paid are awaited, too.
create function await_listing() returns trigger language plpgsql as $$
begin
  new.unlisted_since := now();
  return new;
end
$$;
create trigger await_listing before update of state on charges
  for each row when (new.state = 'succeeded' and old.state in ('open', 'unknown', 'canceled'))
  execute function await_listing();
