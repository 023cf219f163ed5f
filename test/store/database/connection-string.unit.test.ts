import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readConfig } from '../../../runtime/config.ts'
import { isDatabaseUnavailable } from '../../../store/database/database.ts'
import { parseConnectionString, withoutSecrets, withPassword } from '../../../store/database/connection-string.ts'
import { driverOptions } from '../../../store/database/driver-options.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

const at = (query: string) => parseConnectionString(`postgres://u:p@db.example.com/app?${query}`)
const tls = (query: string) => at(query).tls
const problem = (text: string) => {
  try {
    parseConnectionString(text)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test.each(['p@ss/w#rd%1', 'p/ss', 'p#ss', 'p?ss', 'p%1', 'p@ss', 'a b', 'tab\t', 'p?word=1'])(
  'a password with an unencoded reserved character is rejected and not shown: %s',
  (password) => {
    const text = `postgres://billing:${password}@postgres:5432/billing_onboarding`
    expect(problem(text)).toMatch(/percent-encoded.*DATABASE_PASSWORD/)
    expect(problem(text)).not.toContain(password)
    expect(() => readConfig({ DATABASE_URL: text }, ['database'])).toThrow(
      /^Invalid environment variables:\n {2}DATABASE_URL must have/,
    )
  },
)

test('any password is preserved, in DATABASE_PASSWORD or percent-encoded, and is not shown', () => {
  fc.assert(
    fc.property(
      // Line breaks at the end of DATABASE_PASSWORD are not part of it.
      fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !/\0|[\r\n]$/.test(text)),
      (password) => {
        const DATABASE_URL = 'postgres://billing@postgres:5432/billing_onboarding?sslmode=disable'
        const { databaseUrl } = readConfig({ DATABASE_URL, DATABASE_PASSWORD: password }, ['database'])
        expect(databaseUrl).toBe(withPassword(DATABASE_URL, password))
        expect(parseConnectionString(databaseUrl)).toMatchObject({
          hosts: ['postgres'],
          ports: [5432],
          user: 'billing',
          password,
          database: 'billing_onboarding',
        })
        expect(withoutSecrets(databaseUrl)).toBe('postgres://billing:…@postgres:5432/billing_onboarding')
      },
    ),
  )
})

test('two passwords are rejected, including one in the parameters', () => {
  const read = (DATABASE_URL: string) => readConfig({ DATABASE_URL, DATABASE_PASSWORD: 'second' }, ['database'])
  for (const url of ['postgres://u:first@h/d', 'postgres://u@h/d?password=first']) {
    expect(() => read(url)).toThrow(/DATABASE_URL must not contain a password/)
    expect(withoutSecrets(url)).toBe('postgres://u:…@h:5432/d')
  }
  expect(read('postgres://h/d').databaseUrl).toBe('postgres://:second@h/d')
})

test.each([
  ['mysql://h/d', 'must start with postgres:// or postgresql://'],
  ['postgres://u:p@h:x/d', 'must have a port from 1 to 65535'],
  ['postgres://u:p@h:0/d', 'must have a port from 1 to 65535'],
  ['postgres://u:p@h:70000/d', 'must have a port from 1 to 65535'],
  ['postgres://u:p@[::1/d', 'must name a host'],
  ['postgres://u:p%00@h/d', 'must not contain %00'],
  ['postgres://u:p%FF@h/d', 'percent-encoded'],
  [
    'postgres://u@h/d?channel_bindng=prefer',
    'has the parameter channel_bindng that is not supported; supported parameters are host, ',
  ],
  ['postgres://u@h/d?sslmode=require&sslmode=disable', 'has the parameter sslmode more than once'],
  ['postgres://u@h/d?schema=a&schema=a', 'has the parameter schema more than once'],
  ['postgres://u@h/d?__proto__=1', 'has the parameter __proto__ that is not supported'],
  ['postgres://u@h/d?a%0Ab=1', 'has a parameter that is not supported'],
  ['postgres://u@h/d?sslmode=strong', 'has an unsupported value of sslmode; supported values are disable, allow, '],
  ['postgres://u@h/d?target_session_attrs=standby', 'has an unsupported value of target_session_attrs'],
  ['postgres://u@h/d?connect_timeout=soon', 'has a value of connect_timeout that is not a whole number'],
  [
    'postgres://u@h/d?sslmode=verify-full&sslrootcert=/nowhere/ca.pem',
    'has the parameter sslrootcert, which names a file that cannot be read (ENOENT)',
  ],
  ['postgres://u@localhost/d?channel_binding=require', 'needs an encrypted connection'],
])('%s is rejected in one sentence', (text, sentence) => {
  expect(problem(text)).toContain(sentence)
})

test('hosts can be names, addresses, lists, or the folder of a Unix socket', () => {
  expect(parseConnectionString('postgresql:///d')).toMatchObject({ hosts: ['localhost'], ports: [5432], database: 'd' })
  expect(parseConnectionString('postgres://u@[::1]:5433/d')).toMatchObject({ hosts: ['::1'], ports: [5433] })
  expect(parseConnectionString('postgres://a,b:5433/d?target_session_attrs=primary')).toMatchObject({
    hosts: ['a', 'b'],
    ports: [5432, 5433],
  })
  for (const text of ['postgres:///d?host=/var/run/postgresql', 'postgres://%2Fvar%2Frun%2Fpostgresql/d'])
    expect(parseConnectionString(text)).toMatchObject({ socket: '/var/run/postgresql/.s.PGSQL.5432', tls: false })
  expect(at('host=/cloudsql/a:b:c&port=5433').socket).toBe('/cloudsql/a:b:c/.s.PGSQL.5433')
})

test('sslmode has the meaning of libpq; without it, remote hosts are asked for encryption', () => {
  const folder = temporaryFolder('certificates')
  writeFileSync(join(folder, 'ca.pem'), 'the root')
  expect(tls('')).toBe('prefer')
  expect(parseConnectionString('postgres://localhost/d').tls).toBe(false)
  expect(tls('sslmode=disable')).toBe(false)
  expect(tls('ssl=false')).toBe(false)
  for (const query of ['sslmode=allow', 'sslmode=prefer']) expect(tls(query)).toBe('prefer')
  for (const query of ['sslmode=require', 'sslmode=no-verify', 'ssl=true', 'sslmode=require&uselibpqcompat=true'])
    expect(tls(query)).toBe('require')
  const verified = { rejectUnauthorized: true, host: 'db.example.com' }
  for (const query of [
    'sslmode=verify-full',
    'sslrootcert=system',
    'sslaccept=strict',
    'sslrootcert=system&sslmode=require',
  ])
    expect(tls(query), query).toEqual(verified)
  // A man in the middle, against which channel binding protects, has no certificate of that name.
  expect(tls('sslmode=require&channel_binding=require')).toEqual(verified)
  const ca = `sslrootcert=${folder}/ca.pem`
  expect(tls(`sslmode=verify-full&${ca}`)).toEqual({ ...verified, ca: 'the root' })
  for (const mode of ['verify-ca', 'require'])
    expect(tls(`sslmode=${mode}&${ca}`)).toEqual({
      rejectUnauthorized: true,
      checkServerIdentity: expect.any(Function),
      ca: 'the root',
    })
})

test.each([
  'channel_binding=prefer',
  'schema=public',
  'connection_limit=5&pgbouncer=true',
  'sslmode=require&pool_timeout=20&connect_timeout=15',
  'application_name=shop&options=-c%20geqo%3Doff&target_session_attrs=read-write',
  'gssencmode=prefer&keepalives=1&keepalives_idle=30&client_encoding=UTF8&supa=base-pooler.x&uselibpqcompat=true',
])('parameters of providers are accepted, and the server receives only those that it supports: %s', (query) => {
  const { connection, connect_timeout } = driverOptions(at(query), 'api')
  expect(Object.keys(connection!).sort()).toEqual(['application_name', 'options'])
  expect(connect_timeout).toBe(query.includes('connect_timeout') ? 15 : 2)
  const shop = query.includes('shop')
  expect(connection).toEqual({
    application_name: shop ? 'shop api' : 'billing-onboarding api',
    options: shop ? '-c geqo=off' : undefined,
  })
})

test('a name that cannot be resolved, or a missing socket, means that the database is unavailable', () => {
  for (const code of ['EAI_AGAIN', 'ENOTFOUND', 'ENOENT', 'EHOSTUNREACH', 'ECONNREFUSED', '57P03'])
    expect(isDatabaseUnavailable(Object.assign(new Error(), { code })), code).toBe(true)
  for (const code of ['42704', '28P01', '3D000', undefined])
    expect(isDatabaseUnavailable(Object.assign(new Error(), { code })), code).toBe(false)
})

test('a server that takes no writes after a failover, or has no memory or disk left, is unavailable, not a bug', () => {
  for (const code of ['25006', '53100', '53200', '53300'])
    expect(isDatabaseUnavailable(Object.assign(new Error(), { code })), code).toBe(true)
  for (const code of ['25001', '23505', '22003'])
    expect(isDatabaseUnavailable(Object.assign(new Error(), { code })), code).toBe(false)
})
