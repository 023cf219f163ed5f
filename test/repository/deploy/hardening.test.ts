import { expect, test } from 'vitest'
import { compose, readFile, type Service } from './compose.ts'

const services = Object.entries(compose.services)
const valuesOf = ({ environment = {} }: Service) => Object.values(environment).join('\n')
/** The services of our image. */
const ours = ['migrate', 'api', 'worker']

test.each(services)('%s gains no privileges, has limits, and rotates its logs', (name, service) => {
  expect(service.cap_drop).toEqual(['ALL'])
  expect(service.cap_add ?? []).toEqual(
    name === 'postgres' ? ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'] : [],
  )
  expect(service.security_opt).toEqual(['no-new-privileges:true'])
  expect(service.pids_limit).toBe(512)
  expect(service.mem_limit).toMatch(/^\d+[mg]$/)
  expect(service.logging).toEqual({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } })
})

test('our containers write nothing except to memory', () => {
  for (const name of ours) expect(compose.services[name]).toMatchObject({ read_only: true, tmpfs: ['/tmp'] })
})

test('the database and Temporal are reached only within a network without a way out', () => {
  expect(compose.networks.data).toEqual({ internal: true })
  for (const name of ['postgres', 'roles', 'temporal-schema', 'temporal', 'temporal-setup', 'migrate', 'backup'])
    expect(compose.services[name]!.networks, name).toEqual(['data'])
  // The gateways, the port of this machine, and Prometheus.
  for (const name of ['api', 'worker', 'temporal-ui'])
    expect(compose.services[name]!.networks, name).toEqual(['data', 'default'])
  for (const [name, { ports = [] }] of services) for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/)
})

test('each program has the password of its own role and no other', () => {
  const having = (variable: string) =>
    services.filter(([, service]) => valuesOf(service).includes(`\${${variable}:?`)).map(([name]) => name)
  expect(having('POSTGRES_PASSWORD')).toEqual(['postgres', 'roles'])
  expect(having('TEMPORAL_DATABASE_PASSWORD')).toEqual(['roles', 'temporal-schema', 'temporal'])
  expect(having('DATABASE_PASSWORD')).toEqual(['roles', ...ours, 'backup'])
  expect(compose.services.temporal!.environment).toMatchObject({ POSTGRES_USER: 'temporal' })
  expect(compose.services.backup!.environment).toMatchObject({ PGUSER: 'billing' })
  for (const name of ours)
    expect(compose.services[name]!.environment!.DATABASE_URL).toBe(
      'postgres://billing@postgres:5432/billing_onboarding',
    )
})

test('no password is part of another value, so each may contain any characters', () => {
  for (const [name, service] of services)
    for (const value of Object.values(service.environment ?? {}))
      expect(value, name).not.toMatch(/.\$\{\w*PASSWORD|\$\{\w*PASSWORD[^}]*\}./)
})

test('a missing variable is an error that names it and says where to set it', () => {
  const file = readFile('docker-compose.yml')
  const without = [...file.matchAll(/\$\{(\w+)(:-|\}|:\?)([^}]*)/g)].filter(([, , operator]) => operator === '}')
  expect(without).toEqual([])
  const required = [...file.matchAll(/\$\{(\w+):\?([^}]*)\}/g)]
  expect([...new Set(required.map(([, name]) => name))].sort()).toEqual(
    [
      ...['DATABASE_PASSWORD', 'POSTGRES_PASSWORD', 'TEMPORAL_DATABASE_PASSWORD'],
      ...['PUBLIC_URL', 'SETUP_LINK_SECRETS', 'WEBHOOK_SECRET_KEYS'],
    ].sort(),
  )
  for (const [, name, message] of required) expect(message, name).toBe('set it in .env')
})

test('PostgreSQL allows more connections than all programs together open', () => {
  const { postgres, temporal } = compose.services
  const allowed = Number(/max_connections=(\d+)/.exec(postgres!.command!.join(' '))![1])
  const { SQL_MAX_CONNS: main, SQL_VIS_MAX_CONNS: visibility } = temporal!.environment!
  // Each of Temporal's four services has both pools. Three APIs and workers, and what commands and backups open.
  const opened = 4 * (Number(main) + Number(visibility)) + 3 * 24 + 3 * 21 + 10
  expect(allowed).toBeGreaterThan(opened)
})

test('Temporal says that it asks nobody who they are, and its UI asks no other server for news', () => {
  expect(compose.services.temporal!.environment).toMatchObject({ TEMPORAL_ALLOW_NO_AUTH: 'true' })
  expect(compose.services['temporal-ui']!.environment).toMatchObject({ TEMPORAL_DISABLE_NEWS_FETCH: 'true' })
})
