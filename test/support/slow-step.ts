import { until } from './until.ts'
import type { World } from './world/world.ts'

/**
 * Makes PostgreSQL take 20 seconds for one change, so that a process can be killed during it. Returns functions that
 * wait for that moment and end it.
 */
export async function slowDown(
  world: World,
  table: string,
  change: string,
): Promise<{ reached(): Promise<void>; end(): Promise<void> }> {
  await world.sql.unsafe(`
    create or replace function take_long() returns trigger language plpgsql
      as $$ begin perform pg_sleep(20); return new; end $$;
    create trigger slow before ${change.startsWith('insert') ? 'insert' : 'update'} on ${table}
      for each row when (${change.replace(/^(insert|update) /, '')}) execute function take_long()`)
  return {
    reached: async () => {
      await until(
        async () =>
          (
            await world.sql`
              select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`
          ).length > 0,
      )
    },
    end: async () => {
      await world.sql.unsafe(`
        select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event = 'PgSleep';
        drop trigger slow on ${table}`)
    },
  }
}
