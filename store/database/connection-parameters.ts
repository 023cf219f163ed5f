import type { ConnectionOptions as TlsConnectionOptions } from 'node:tls'
import { readRegularFile } from './read-file.ts'

/** The driver's `ssl` option: off, one of its modes, or Node's TLS options. */
export type TlsOptions = false | 'prefer' | 'require' | TlsConnectionOptions

/** Supported parameters and their values: one of a list, a whole number, or any text. */
const known = {
  host: 'text',
  port: 'text',
  user: 'text',
  password: 'text',
  dbname: 'text',
  sslmode: ['disable', 'allow', 'prefer', 'require', 'no-verify', 'verify-ca', 'verify-full'],
  ssl: ['true', 'false'],
  sslaccept: ['strict', 'accept_invalid_certs'],
  sslrootcert: 'text',
  sslcert: 'text',
  sslkey: 'text',
  sslnegotiation: ['postgres', 'direct'],
  channel_binding: ['disable', 'prefer', 'require'],
  target_session_attrs: ['any', 'read-write', 'primary'],
  connect_timeout: 'number',
  connection_limit: 'number',
  schema: 'text',
  application_name: 'text',
  options: 'text',
  client_encoding: ['UTF8', 'utf8', 'utf-8', 'UTF-8', 'auto'],
  // Accepted without effect: keep-alive is always on, and the others configure other pools and drivers.
  keepalives: 'text',
  keepalives_idle: 'text',
  keepalives_interval: 'text',
  keepalives_count: 'text',
  gssencmode: ['disable', 'prefer'],
  pgbouncer: ['true', 'false'],
  pool_timeout: 'text',
  socket_timeout: 'text',
  statement_cache_size: 'text',
  uselibpqcompat: ['true', 'false'],
  supa: 'text',
} as const satisfies Record<string, readonly string[] | 'text' | 'number'>

export type Parameters = Partial<Record<keyof typeof known, string>>

/** Validates the parameters of a connection string. Throws an Error without their values. */
export function readParameters(pairs: [string, string][]): Parameters {
  for (const [name, value] of pairs) {
    if (!Object.hasOwn(known, name)) {
      const shown = /^\w{1,40}$/.test(name) ? `the parameter ${name}` : 'a parameter'
      throw new Error(`has ${shown} that is not supported; supported parameters are ${Object.keys(known).join(', ')}`)
    }
    const allowed: readonly string[] | 'text' | 'number' = known[name as keyof typeof known]
    if (typeof allowed === 'object' && !allowed.includes(value))
      throw new Error(`has an unsupported value of ${name}; supported values are ${allowed.join(', ')}`)
    if (allowed === 'number' && !/^[1-9]\d{0,3}$/.test(value))
      throw new Error(`has a value of ${name} that is not a whole number from 1 to 9999`)
  }
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new Error(`has the parameter ${twice} more than once`)
  return Object.fromEntries(pairs)
}

function modeOf({ sslmode, ssl, sslaccept, sslrootcert }: Parameters, hosts: string[]): string {
  if (sslrootcert === 'system') return 'verify-full'
  if (sslmode) return sslmode
  if (sslaccept === 'strict') return 'verify-full'
  if (ssl === 'true' || sslaccept || sslrootcert) return 'require'
  const isLocal = hosts.every((host) => ['localhost', '127.0.0.1', '::1'].includes(host))
  return ssl === 'false' || isLocal ? 'disable' : 'prefer'
}

/**
 * Returns the TLS options, with libpq's meaning of `sslmode` (https://www.postgresql.org/docs/current/libpq-ssl.html).
 * The driver does not support channel binding: if it is required, the certificate is fully verified instead. Throws an
 * Error if a file cannot be read.
 */
export function tlsOptions(parameters: Parameters, hosts: string[]): TlsOptions {
  const { sslrootcert, sslcert, sslkey } = parameters
  const mode = modeOf(parameters, hosts)
  const isBound = parameters.channel_binding === 'require'
  if (mode === 'disable' && isBound)
    throw new Error('has channel_binding=require, which needs an encrypted connection: add sslmode=require')
  if (mode === 'disable') return false
  const ownRoot = sslrootcert === 'system' ? undefined : sslrootcert
  const files = {
    ...(ownRoot ? { ca: read('sslrootcert', ownRoot) } : {}),
    ...(sslcert ? { cert: read('sslcert', sslcert) } : {}),
    ...(sslkey ? { key: read('sslkey', sslkey) } : {}),
  }
  if (mode === 'verify-full' || isBound) return { ...files, rejectUnauthorized: true, ...identity(hosts) }
  if (mode === 'verify-ca' || ownRoot)
    return { ...files, rejectUnauthorized: true, checkServerIdentity: () => undefined }
  if (sslcert) return { ...files, rejectUnauthorized: false }
  return mode === 'allow' || mode === 'prefer' ? 'prefer' : 'require'
}

/** If the host is an IP address, Node takes the name to verify from here. */
const identity = ([host, ...others]: string[]) => (others.length === 0 ? { host } : {})

function read(name: string, path: string): string {
  try {
    return readRegularFile(path, 1024).toString()
  } catch (error) {
    throw new Error(`has the parameter ${name}, which ${(error as Error).message}`, { cause: error })
  }
}
