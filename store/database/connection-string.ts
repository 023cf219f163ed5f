import { readParameters, tlsOptions, type Parameters, type TlsOptions } from './connection-parameters.ts'

/** Where and how to connect. */
export interface ConnectionOptions {
  hosts: string[]
  /** One for each host. */
  ports: number[]
  /** The path of a Unix socket, which replaces hosts and ports. */
  socket: string | undefined
  user: string | undefined
  password: string | undefined
  database: string | undefined
  tls: TlsOptions
  parameters: Parameters
}

const shape = /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^@/?#]*)(?:\/([^@/?#]*))?(?:\?([^@#]*))?$/
const unencoded = /%(?![0-9a-f]{2})|[\s\p{Cc}\p{Cf}]/iu

const reserved =
  'must have reserved characters percent-encoded (% as %25, @ as %40, / as %2F, ? as %3F, # as %23, a space as %20); ' +
  'or omit the password and set DATABASE_PASSWORD'

/**
 * Parses `postgres://user:password@host:port/database?parameters`, with parameters of libpq
 * (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS) and of common providers and ORMs.
 * Throws an Error whose message continues the variable's name ("must …") and contains no value.
 */
export function parseConnectionString(text: string): ConnectionOptions {
  if (!/^postgres(ql)?:\/\//.test(text)) throw new Error('must start with postgres:// or postgresql://')
  // Ambiguous strings are rejected: the password p@ss/w could be read as the host "ss".
  const parts = unencoded.test(text) ? null : shape.exec(text)
  if (!parts) throw new Error(reserved)
  const [, login, authority = '', path = '', query = ''] = parts
  const parameters = readParameters(pairsOf(query))
  const hosts = (parameters.host ? parameters.host.split(',') : authority.split(',')).map(readHost)
  const ports = portsOf(hosts, parameters.port)
  const [user, password] = login === undefined ? [] : splitOnce(login, ':')
  const socket = hosts.find(({ host }) => host.startsWith('/'))
  if (socket && hosts.length > 1) throw new Error('must name one Unix socket, or hosts')
  const names = hosts.map(({ host }) => host || 'localhost')
  return {
    hosts: names,
    ports,
    socket: socket && `${socket.host}/.s.PGSQL.${ports[0]}`,
    user: parameters.user ?? decode(user),
    password: parameters.password ?? decode(password),
    database: parameters.dbname ?? decode(path),
    tls: socket ? false : tlsOptions(parameters, names),
    parameters,
  }
}

/** Adds a password to a connection string that has none. */
export function withPassword(text: string, password: string): string {
  const [, scheme, login = '', rest] = /^(\w+:\/\/)(?:([^@]*)@)?(.*)$/s.exec(text)!
  return `${scheme}${login.replace(/:$/, '')}:${encodeURIComponent(password)}@${rest}`
}

/** Returns the parts of a connection string that can be logged: user, hosts and database. */
export function withoutSecrets(text: string): string {
  const { user, hosts, ports, socket, database } = parseConnectionString(text)
  const servers = hosts.map((host, i) => `${host.includes(':') ? `[${host}]` : host}:${ports[i]}`).join(',')
  const place = socket ? encodeURIComponent(socket) : servers
  return `postgres://${encodeURIComponent(user ?? '')}:…@${place}/${encodeURIComponent(database ?? '')}`
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** Returns the percent-decoded text; undefined if it is empty. */
function decode(text: string | undefined): string | undefined {
  if (!text) return undefined
  let decoded
  try {
    decoded = decodeURIComponent(text)
  } catch {
    throw new Error(reserved)
  }
  if (decoded.includes('\0')) throw new Error('must not contain %00')
  return decoded
}

const pairsOf = (query: string): [string, string][] =>
  query
    .split('&')
    .filter(Boolean)
    .map((pair) => splitOnce(pair, '='))
    .map(([name, value]) => [decode(name) ?? '', decode(value) ?? ''])

function readHost(text: string): { host: string; port: string | undefined } {
  const [, v6, name, port] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]*))(?::(.*))?$/i.exec(text) ?? []
  if (v6 === undefined && name === undefined && !text.startsWith('/')) throw new Error('must name a host')
  return text.startsWith('/') ? { host: text, port: undefined } : { host: v6 ?? decode(name) ?? '', port }
}

function portsOf(hosts: { port: string | undefined }[], parameter: string | undefined): number[] {
  const given = parameter?.split(',') ?? []
  return hosts.map(({ port }, i) => {
    const text = given.length > 0 ? (given[i] ?? given[0]!) : port || '5432'
    if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65_535)
      throw new Error('must have a port from 1 to 65535')
    return Number(text)
  })
}
