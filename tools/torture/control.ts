import { openDatabase, type Database } from '../../store/database/database.ts'

/** A session outside the relay that interferes with the sessions of a run. */
export interface Control {
  sql: Database
  /** Terminates the session whose client has this port. */
  kill(port: number): Promise<void>
  /** Cancels the statement of the session whose client has this port. */
  cancel(port: number): Promise<void>
  reshape(shape: string): Promise<void>
}

export async function openControl(url: string): Promise<Control> {
  const sql = openDatabase(url, { name: 'torture control', max: 10 })
  await sql`
    create table if not exists noted (
      run integer, transaction integer, id integer, text text, txid bigint default txid_current()
    )`
  await sql`create index if not exists noted_run on noted (run)`
  const isSession = (port: number) => sql`client_port = ${port} and backend_type = 'client backend'`
  return {
    sql,
    kill: async (port) =>
      void (await sql`select pg_terminate_backend(pid) from pg_stat_activity where ${isSession(port)}`),
    cancel: async (port) =>
      void (await sql`select pg_cancel_backend(pid) from pg_stat_activity where ${isSession(port)}`),
    async reshape(shape) {
      const [column] = await sql<{ dataType: string }[]>`
        select data_type from information_schema.columns where table_name = ${shape} and column_name = 'value'`
      const other = column?.dataType === 'text' ? 'varchar(9)' : 'text'
      // Nothing changes if a transaction reads the table for longer than the lock timeout.
      await sql
        .unsafe(
          `set lock_timeout = '300ms'; alter table ${shape} alter column value type ${other}; set lock_timeout = 0`,
        )
        .catch((error: { code?: string }) => {
          if (error.code !== '55P03') throw error
        })
    },
  }
}

export async function makeShape(control: Control, shape: string): Promise<void> {
  await control.sql.unsafe(`
    drop table if exists ${shape}; create table ${shape} (value text); insert into ${shape} values ('1')`)
}
