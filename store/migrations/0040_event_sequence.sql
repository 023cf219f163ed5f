-- The events of a billing customer are numbered 1, 2, 3 and so on in the order of their transactions, which neither
-- `created_at` (the start of the transaction) nor the id is. Events of the tenant itself have no billing customer and
-- no number.
alter table events
  add column sequence integer,
  alter column billing_customer_id drop not null;
update events e set sequence = numbered.sequence
  from (
    select id, row_number() over (partition by billing_customer_id order by created_at, id) as sequence from events
  ) numbered
  where numbered.id = e.id;
alter table events
  add constraint events_sequence check ((billing_customer_id is null) = (sequence is null)),
  add constraint events_onboarding check (onboarding_id is null or billing_customer_id is not null);
drop index events_of_billing_customer;
create unique index events_of_billing_customer on events (billing_customer_id, sequence);

-- Whoever writes an event holds the billing customer's lock. Without it, two events get the same number, and the index
-- refuses one of them. A number that is given, as by a restore, is kept.
create function number_event() returns trigger language plpgsql as $$
begin
  if new.billing_customer_id is not null and new.sequence is null then
    new.sequence := 1 + coalesce((
      select e.sequence from events e
      where e.billing_customer_id = new.billing_customer_id order by e.sequence desc limit 1
    ), 0);
  end if;
  return new;
end
$$;
create trigger number_event before insert on events for each row execute function number_event();
