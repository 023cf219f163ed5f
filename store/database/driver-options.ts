import type postgres from 'postgres'
import type { ConnectionOptions } from './connection-string.ts'

/** Returns the connection options of the driver; `name` is shown in `pg_stat_activity`. */
export function driverOptions(connection: ConnectionOptions, name: string) {
  const { hosts, ports, socket, user, password, database, tls, parameters } = connection
  const { target_session_attrs: attributes, sslnegotiation, options: serverOptions } = parameters
  const options: object = {
    host: hosts,
    port: ports,
    path: socket,
    user,
    password,
    database,
    ssl: tls,
    sslnegotiation,
    target_session_attrs: attributes === 'any' ? undefined : attributes,
    // Seconds for one connection attempt. Short, so that calls fail in time while the database is unavailable.
    connect_timeout: Number(parameters.connect_timeout ?? 2),
    connection: {
      application_name: `${parameters.application_name ?? 'billing-onboarding'} ${name}`,
      options: serverOptions,
    },
  }
  return options as postgres.Options<Record<string, postgres.PostgresType>>
}
