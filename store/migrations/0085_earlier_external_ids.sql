-- Who had a former external id before its last holder, so that what names this customer is exported and erased with it.
-- Additive: the version before neither reads nor writes it.
create table earlier_external_ids (
  organization_id text not null,
  environment     text not null,
  external_id     text not null,
  customer_id     text not null,
  until           timestamptz not null,
  primary key (organization_id, environment, external_id, customer_id, until),
  foreign key (customer_id, organization_id, environment) references customers (id, organization_id, environment)
);
create index earlier_external_ids_of_customer on earlier_external_ids (customer_id);

-- A trigger, so that holders that the version before replaces are kept, too.
create function keep_earlier_holder() returns trigger language plpgsql as $$
begin
  insert into earlier_external_ids (organization_id, environment, external_id, customer_id, until)
  values (old.organization_id, old.environment, old.external_id, old.customer_id, old.until)
  on conflict do nothing;
  return null;
end
$$;
create trigger keep_earlier_holder after update on former_external_ids
  for each row execute function keep_earlier_holder();
