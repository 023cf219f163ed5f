import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startPostgres } from '../../../tools/local/postgres/postgres.ts'
import { accountForRoot, locate, sharedFolder } from '../../../tools/local/postgres/programs.ts'
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

/** Creates a folder where the cluster of a start in `name` would be. */
function dataOf(name: string) {
  const options = { folder: at(name), port: 1, password: 'x', logFile: at('log') }
  const account = accountForRoot()
  const { data } = locate(options, account)
  mkdirSync(data, { recursive: true })
  if (account) chownSync(data, account.uid, account.gid)
  return { options, data }
}

test('the files of a cluster that has lost its version are kept, and named', async () => {
  const { options, data } = dataOf('damaged')
  writeFileSync(join(data, 'base'), 'rows')
  await expect(startPostgres(options)).rejects.toThrow(
    `${data} has no PG_VERSION, so it is a damaged database or none: restore that file, remove the folder`,
  )
  expect(readFileSync(join(data, 'base'), 'utf8')).toBe('rows')
})

test.runIf(process.getuid?.() === 0)(
  'the folder of another account is rejected before anything is changed',
  async () => {
    const { options, data } = dataOf('foreign')
    writeFileSync(join(data, 'base'), 'rows')
    chownSync(data, 12345, 12345)
    await expect(startPostgres(options)).rejects.toThrow(`${data} belongs to another account (user id 12345)`)
    expect(readFileSync(join(data, 'base'), 'utf8')).toBe('rows')
  },
)

test('what a killed start left is removed, and nothing else', async () => {
  const { options, data } = dataOf('healed')
  const left = `${data}.new-abcdef`
  const others = ['password', 'data.new'].map((name) => join(dirname(data), name))
  mkdirSync(join(left, 'cluster', 'pg_wal'), { recursive: true })
  for (const file of others) writeFileSync(file, 'mine')
  // Stops before `initdb`, which takes seconds, and after the leftovers.
  await expect(startPostgres({ ...options, signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow(
    'stopped',
  )
  expect(readdirSync(dirname(data)).sort()).toEqual(['data', 'data.new', 'password'])
  for (const file of others) expect(readFileSync(file, 'utf8')).toBe('mine')
})

/** Copies the programs in a process of its own, which runs `body` instead of the copying. */
const copyWith = (body: string, options: object) => {
  const script = `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const copy = fs.cpSync
    fs.cpSync = (from, to, how) => {
      ${body}
    }
    syncBuiltinESMExports()
    const { locate } = await import(${JSON.stringify(module)})
    locate(${JSON.stringify(options)}, { uid: 65534, gid: 65534 })`
  return spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { encoding: 'utf8' })
}
const module = import.meta.resolve('../../../tools/local/postgres/programs.ts')

/** Creates programs that the account PostgreSQL runs as cannot reach. */
function unreachablePrograms(name: string) {
  const programs = join(place, name, 'native')
  for (const folder of ['bin', 'lib']) mkdirSync(join(programs, folder), { recursive: true })
  for (const file of ['bin/postgres', 'lib/library']) writeFileSync(join(programs, file), '')
  chmodSync(join(place, name), 0o700)
  return { folder: join(place, name), programs }
}

/** Returns the names of the folders whose name begins with that of the copy. */
const copiesOf = (native: string) => readdirSync(dirname(native)).filter((name) => name.startsWith(basename(native)))
const copied: string[] = []
afterAll(() => {
  for (const native of copied)
    for (const name of copiesOf(native)) rmSync(join(dirname(native), name), { recursive: true })
})
/** Returns where the programs are, of which a copy is removed at the end. */
function located(options: { folder: string; programs: string }): string {
  const { native } = locate(options, { uid: 65534, gid: 65534 })
  expect(native).toMatch(/^\/var\/tmp\//)
  copied.push(native)
  return native
}

test.runIf(process.getuid?.() === 0)('a copy that was killed is not taken for the programs, and removed', () => {
  const options = unreachablePrograms('own')
  const killed = copyWith(`copy(from + '/bin', to + '/bin', how); process.kill(process.pid, 'SIGKILL')`, options)
  expect(killed.signal, killed.stderr).toBe('SIGKILL')
  const native = located(options)
  expect(existsSync(join(native, 'lib', 'library'))).toBe(true)
  expect(copiesOf(native)).toEqual([basename(native)])
})

test.runIf(process.getuid?.() === 0)('copies that others may need are kept', () => {
  const options = unreachablePrograms('others')
  const native = located(options)
  // One that is being made, and one of another account.
  const kept = [`${native}-${process.pid}-abcdef`, `${native}-${2 ** 22 + 1}-abcdef`]
  for (const path of kept) mkdirSync(path)
  chownSync(kept[1]!, 12345, 12345)
  located(options)
  expect(copiesOf(native).sort()).toEqual([native, ...kept].map((path) => basename(path)).sort())
})

test.runIf(process.getuid?.() === 0)('programs that another start copied meanwhile are used, not replaced', () => {
  const options = unreachablePrograms('meanwhile')
  const theirs = `
    copy(from, to, how)
    const native = to.replace(/(-\\d+)?-\\w{6}$/, '')
    copy(from, native, how)
    fs.chmodSync(native, 0o755)
    fs.writeFileSync(native + '/theirs', '')`
  const { status, stderr } = copyWith(theirs, options)
  expect(status, stderr).toBe(0)
  const native = located(options)
  expect(readdirSync(native).sort()).toEqual(['bin', 'lib', 'theirs'])
  expect(copiesOf(native)).toEqual([basename(native)])
})
