import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { freePort } from '../../../tools/local/ports.ts'
import { findInstallation } from '../../../tools/local/postgres/installation.ts'
import { ensureDatabase, startPostgres, type Postgres } from '../../../tools/local/postgres/postgres.ts'
import { runScript } from './scripts.ts'

// The container of docker-compose.yml that makes backups. restore-drill.test.ts restores one.

const programs = findInstallation()
const testWithPrograms = test.skipIf(!programs)
const withPrograms = '(skipped where pg_dump is not installed)'
const folder = temporaryFolder('backup')
const backups = join(folder, 'backups')
mkdirSync(backups)
const dumps = () => readdirSync(backups).filter((name) => name.endsWith('.dump'))

let server: Postgres
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  if (!programs) return
  const port = await freePort()
  const password = 'only-for-tests'
  const place = { folder: join(folder, 'postgres'), logFile: join(folder, 'postgres.log') }
  server = await startPostgres({ ...place, port, password, unsafe: true, programs })
  await ensureDatabase(server, 'billing_onboarding')
  env = {
    ...{ PATH: `${programs}/bin:/usr/bin:/bin`, PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'postgres' },
    ...{ PGPASSWORD: password, PGDATABASE: 'billing_onboarding', BACKUP_FOLDER: backups },
  }
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

testWithPrograms(`the oldest backups beyond BACKUP_KEEP are removed, and nothing else ${withPrograms}`, async () => {
  const older = [1, 2, 3].map((day) => `billing_onboarding-2026010${day}T000000Z.dump`)
  for (const name of [...older, 'of-somebody-else.dump']) writeFileSync(join(backups, name), 'x')
  expect(await runScript(['backup.sh', 'once'], { ...env, BACKUP_KEEP: '2' })).toMatchObject({ code: 0 })
  const newest = expect.stringMatching(/^billing_onboarding-2\d{7}T\d{6}Z\.dump$/)
  expect(dumps().sort()).toEqual([older[2], newest, 'of-somebody-else.dump'])
})

testWithPrograms(
  `a backup that fails leaves those before it, and no file that looks complete ${withPrograms}`,
  async () => {
    const before = dumps()
    const { code, output } = await runScript(['backup.sh', 'once'], { ...env, PGDATABASE: 'missing', BACKUP_KEEP: '1' })
    expect(code).toBe(1)
    expect(output).toContain('database "missing" does not exist')
    expect(dumps()).toEqual(before)
  },
)

testWithPrograms(`what is wrong is said in one line ${withPrograms}`, async () => {
  for (const BACKUP_KEEP of ['0', 'all', '-1'])
    expect(await runScript(['backup.sh', 'once'], { ...env, BACKUP_KEEP })).toEqual({
      code: 1,
      output: 'BACKUP_KEEP must be a whole number of at least 1\n',
    })
  expect(await runScript(['backup.sh'], env)).toEqual({ code: 2, output: 'usage: backup.sh once | nightly\n' })
  expect(await runScript(['restore.sh', join(folder, 'missing')], env)).toEqual({
    code: 2,
    output: 'usage: restore.sh FILE, a file that backup.sh wrote\n',
  })
})
