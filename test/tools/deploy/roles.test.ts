import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import postgres from 'postgres'
import { openDatabase } from '../../../store/database/database.ts'
import { migrate } from '../../../store/schema/migrate.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { machineCache } from '../../../tools/local/go-build.ts'
import { freePort } from '../../../tools/local/ports.ts'
import { findInstallation } from '../../../tools/local/postgres/installation.ts'
import { startPostgres, type Postgres } from '../../../tools/local/postgres/postgres.ts'
import { rolesFile, runScript } from './scripts.ts'

// The jobs of docker-compose.yml that create roles and schemas, against a real server.

const programs = findInstallation()
const temporalPrograms = machineCache('temporal-cli-v1.8.2-server-v1.31.2')
const testWithPrograms = test.skipIf(!programs)
const withPrograms = '(skipped where psql is not installed)'
const superuser = 'only-for-tests'
/** Characters that a URL, a shell, a connection string or SQL could read differently. */
const passwords = { billing: `a@b/c#d%e'f"g\\h $i;j`, temporal: `k@l/m#n%o'p+$q;r` }

const folder = temporaryFolder('roles')
let server: Postgres
let port: number
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  if (!programs) return
  port = await freePort()
  const logFile = join(folder, 'postgres.log')
  server = await startPostgres({ folder: join(folder, 'postgres'), port, password: superuser, unsafe: true, logFile })
  env = {
    ...{ PATH: `${programs}/bin:/usr/bin:/bin`, PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'postgres' },
    ...{ PGPASSWORD: superuser, ROLES_FILE: rolesFile },
    ...{ DATABASE_PASSWORD: passwords.billing, TEMPORAL_DATABASE_PASSWORD: passwords.temporal },
  }
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs one statement as a role in a database. Returns the first value, or rejects with PostgreSQL's error. */
async function ask(user: keyof typeof passwords, database: string, statement: string): Promise<unknown> {
  const sql = postgres({ host: '127.0.0.1', port, user, password: passwords[user], database, max: 1 })
  try {
    const [row] = await sql.unsafe(statement)
    return row && Object.values(row)[0]
  } finally {
    await sql.end()
  }
}

testWithPrograms(
  `each role has its own databases only, and repeating the job changes nothing ${withPrograms}`,
  async () => {
    for (let i = 0; i < 2; i++)
      expect(await runScript(['roles.sh'], env)).toEqual({ code: 0, output: 'the roles and databases are ready\n' })
    expect(await ask('billing', 'billing_onboarding', 'show server_encoding')).toBe('UTF8')
    const powers = `select count(*)::int from pg_roles
    where rolname in ('billing', 'temporal') and (rolsuper or rolcreatedb or rolcreaterole or rolbypassrls)`
    expect(await ask('billing', 'billing_onboarding', powers)).toBe(0)
    for (const database of ['temporal', 'temporal_visibility', 'postgres'])
      await expect(ask('billing', database, 'select 1'), database).rejects.toMatchObject({ code: '42501' })
    for (const database of ['billing_onboarding', 'postgres'])
      await expect(ask('temporal', database, 'select 1'), database).rejects.toMatchObject({ code: '42501' })
  },
)

testWithPrograms(`our migrations run under the role of the service ${withPrograms}`, async () => {
  const login = `billing:${encodeURIComponent(passwords.billing)}`
  const database = openDatabase(`postgres://${login}@127.0.0.1:${port}/billing_onboarding`, { name: 'roles', max: 1 })
  try {
    expect(await migrate(database)).toContain('0001_tenants.sql')
  } finally {
    await database.end()
  }
})

test.skipIf(!programs || !existsSync(join(temporalPrograms, 'sql')))(
  'the schemas of Temporal are made under its role, and again (skipped where its tools or psql are missing)',
  async () => {
    mkdirSync(join(folder, 'bin'))
    symlinkSync(join(temporalPrograms, 'sql'), join(folder, 'bin/temporal-sql-tool'))
    const tool = { PATH: `${folder}/bin:/usr/bin:/bin`, SQL_HOST: '127.0.0.1', SQL_PORT: String(port) }
    for (let i = 0; i < 2; i++) {
      const { code, output } = await runScript(['temporal-schema.sh'], {
        ...tool,
        ...{ SQL_USER: 'temporal', SQL_PASSWORD: passwords.temporal },
      })
      expect(code, output).toBe(0)
    }
    const versions = 'select curr_version from schema_version'
    expect(await ask('temporal', 'temporal', versions)).toMatch(/^1\.\d+$/)
    expect(await ask('temporal', 'temporal_visibility', versions)).toMatch(/^1\.\d+$/)
  },
)

testWithPrograms(`a changed password takes effect, and the log contains none ${withPrograms}`, async () => {
  const changed = 'another-password'
  expect(await runScript(['roles.sh'], { ...env, DATABASE_PASSWORD: changed })).toMatchObject({ code: 0 })
  await expect(ask('billing', 'billing_onboarding', 'select 1')).rejects.toMatchObject({ code: '28P01' })
  expect(await runScript(['roles.sh'], env)).toMatchObject({ code: 0 })
  expect(await ask('billing', 'billing_onboarding', 'select 1')).toBe(1)
  const log = readFileSync(join(folder, 'postgres.log'), 'utf8')
  for (const password of [changed, ...Object.values(passwords)]) expect(log).not.toContain(password)
})

testWithPrograms(`what is wrong is said in one sentence without the password ${withPrograms}`, async () => {
  const failing = async (changes: NodeJS.ProcessEnv) => {
    const { code, output } = await runScript(['roles.sh'], { ...env, ...changes })
    expect(code).toBe(1)
    return output
  }
  expect(await failing({ DATABASE_PASSWORD: '' })).toBe('DATABASE_PASSWORD is empty: set it in .env\n')
  for (const wrong of ['hidden"', 'hidden\\', 'hid den'])
    expect(await failing({ TEMPORAL_DATABASE_PASSWORD: wrong })).toBe(
      'TEMPORAL_DATABASE_PASSWORD must not contain ", \\ or spaces: Temporal does not escape them\n',
    )
  const rejected = await failing({ PGPASSWORD: 'hidden' })
  expect(rejected).toContain('PostgreSQL rejects the superuser postgres with POSTGRES_PASSWORD.')
  expect(rejected).not.toContain('hidden')
})
