import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { startPostgres } from '../../../tools/local/postgres/postgres.ts'
import { locate, sharedFolder } from '../../../tools/local/postgres/programs.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

const place = temporaryFolder('postgres-programs')
const at = (name: string) => join(place, `billing-onboarding-${name}`)

test('a folder that another account created where root would copy PostgreSQL is rejected', () => {
  symlinkSync('/tmp', at('link'))
  expect(() => sharedFolder('link', place)).toThrow(`${at('link')} belongs to another account`)
  mkdirSync(at('planted'))
  if (process.getuid?.() === 0) chownSync(at('planted'), 12345, 12345)
  expect(() => sharedFolder('planted', place)).toThrow(`${at('planted')} belongs to another account`)
  expect(sharedFolder('missing', place)).toBe(at('missing'))
})

test.runIf(process.getuid?.() === 0)('a cluster that another account created is rejected with what to do', async () => {
  const data = join(at('cluster'), 'data')
  mkdirSync(data, { recursive: true })
  writeFileSync(join(data, 'PG_VERSION'), '18')
  chownSync(data, 12345, 12345)
  const options = { folder: at('cluster'), port: 1, password: 'x', logFile: at('log') }
  await expect(startPostgres(options)).rejects.toThrow(
    `${data} belongs to another account (user id 12345): start with that account`,
  )
})

/** Copies the programs in a process that is killed as soon as `bin/` is there. */
const killedCopy = (options: object) => {
  const script = `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const copy = fs.cpSync
    fs.cpSync = (from, to, how) => {
      copy(from + '/bin', to + '/bin', how)
      process.kill(process.pid, 'SIGKILL')
    }
    syncBuiltinESMExports()
    const { locate } = await import(${JSON.stringify(module)})
    locate(${JSON.stringify(options)}, { uid: 65534, gid: 65534 })`
  return spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { encoding: 'utf8' })
}
const module = import.meta.resolve('../../../tools/local/postgres/programs.ts')

test.runIf(process.getuid?.() === 0)('a copy of the programs that was killed is not taken for them', () => {
  const programs = join(place, 'own', 'native')
  for (const folder of ['bin', 'lib']) mkdirSync(join(programs, folder), { recursive: true })
  for (const file of ['bin/postgres', 'lib/library']) writeFileSync(join(programs, file), '')
  // The account that PostgreSQL runs as cannot enter this folder.
  chmodSync(join(place, 'own'), 0o700)
  const options = { folder: join(place, 'own'), programs }
  const killed = killedCopy(options)
  expect(killed.signal, killed.stderr).toBe('SIGKILL')
  const { native } = locate(options, { uid: 65534, gid: 65534 })
  const copies = () => readdirSync(dirname(native)).filter((name) => name.startsWith(basename(native)))
  try {
    expect(native).toMatch(/^\/var\/tmp\//)
    expect(existsSync(join(native, 'lib', 'library'))).toBe(true)
  } finally {
    for (const name of copies()) rmSync(join(dirname(native), name), { recursive: true })
  }
})
