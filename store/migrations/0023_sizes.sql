-- How long the metadata is as text: the pages of lists add it up, without reading the metadata itself.
alter table customers add column metadata_bytes integer not null default 2;
alter table billing_customers add column metadata_bytes integer not null default 2;
update customers set metadata_bytes = octet_length(metadata::text) where metadata <> '{}';
update billing_customers set metadata_bytes = octet_length(metadata::text) where metadata <> '{}';

-- Also the last line behind the limits of domain/metadata.ts. A check constraint would hold at every update: a row that
-- is larger from before could not even be activated. It is twice the limit there, as jsonb is written with a blank
-- after each colon and comma.
create function measure_metadata() returns trigger language plpgsql as $$
begin
  new.metadata_bytes := octet_length(new.metadata::text);
  if new.metadata_bytes > 65536 and (tg_op = 'INSERT' or new.metadata_bytes > old.metadata_bytes) then
    raise exception 'metadata of % has % bytes', new.id, new.metadata_bytes
      using errcode = 'check_violation', constraint = 'metadata_size', table = tg_table_name;
  end if;
  return new;
end $$;
create trigger metadata_size before insert or update of metadata on customers
  for each row execute function measure_metadata();
create trigger metadata_size before insert or update of metadata on billing_customers
  for each row execute function measure_metadata();

-- Not valid: what is larger from before stays readable until it is set anew.
alter table settings add constraint settings_value_size check (octet_length(value::text) <= 16384) not valid;
