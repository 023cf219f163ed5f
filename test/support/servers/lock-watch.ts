import type { Database } from '../../../store/database/database.ts'

/**
 * Makes every test prove that whoever writes an event of a billing customer holds its lock, or has inserted it in the
 * same transaction: otherwise the insert fails. PostgreSQL marks a locked row with the transaction that locked it.
 */
export async function refuseEventsWithoutLock(template: Database): Promise<void> {
  await template.unsafe(`
    create function refuse_event_without_lock() returns trigger language plpgsql as $$
    declare own xid := pg_current_xact_id()::xid;
    begin
      if exists (
        select 1 from billing_customers b where b.id = new.billing_customer_id and own not in (b.xmin, b.xmax)
      ) then
        raise exception 'event % of % is written without the lock', new.type, new.billing_customer_id;
      end if;
      return new;
    end $$;
    create trigger refuse_event_without_lock before insert on events
      for each row execute function refuse_event_without_lock()`)
}
