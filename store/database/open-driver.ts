import postgres from 'postgres'

type Types = Record<string, postgres.PostgresType>

/** What a connection string may leave out. The others would change a connection that it describes completely. */
const completing = ['PGUSER', 'PGUSERNAME', 'PGPASSWORD', 'PGDATABASE']

/**
 * Opens the driver with these options, and those of `url`. The driver takes what is in neither from variables such as
 * PGTARGETSESSIONATTRS, PGSSL and PGMAX_LIFETIME: it does not see them here, so that a shell that is set up for another
 * server cannot change the connection.
 */
export function openDriver(options: postgres.Options<Types>, url?: string): postgres.Sql {
  const hidden = Object.entries(process.env).filter(([name]) => /^PG[A-Z]/.test(name) && !completing.includes(name))
  for (const [name] of hidden) delete process.env[name]
  try {
    return url === undefined ? postgres(options) : postgres(url, options)
  } finally {
    Object.assign(process.env, Object.fromEntries(hidden))
  }
}
