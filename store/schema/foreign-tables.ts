import type { Sql } from '../database/database.ts'

/**
 * Returns the names of tables in a database in which this service has none: those of another program. Tables of
 * PostgreSQL's extensions do not count.
 */
export async function listForeignTables(sql: Sql): Promise<string[]> {
  const tables = await sql<{ name: string; isMigrations: boolean }[]>`
    select c.relname as name, c.relname = 'migrations' and exists (
      select from pg_attribute where attrelid = c.oid and attname = 'hash'
    ) as is_migrations
    from pg_class c
    where c.relkind in ('r', 'p') and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
      and not exists (
        select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e'
      )
    order by c.relname collate "C"`
  return tables.some(({ isMigrations }) => isMigrations) ? [] : tables.map(({ name }) => name)
}
