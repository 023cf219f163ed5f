import type { World } from '../world/world.ts'

/** Runs `work` while no billing customer can become active. Charges made meanwhile stay as they are. */
export async function beforeActivation<T>({ sql }: World, work: () => Promise<T>): Promise<T> {
  await sql.unsafe(`
    create function not_yet() returns trigger language plpgsql as $$ begin raise exception 'not yet'; end $$;
    create trigger not_yet before update on billing_customers for each row
      when (new.status = 'active') execute function not_yet()`)
  try {
    return await work()
  } finally {
    await sql.unsafe('drop trigger not_yet on billing_customers; drop function not_yet()')
  }
}
