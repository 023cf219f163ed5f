import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../tools/local/folders.ts'
import { freePort, withFixedPort } from '../../../../tools/local/ports.ts'
import { startPostgres } from '../../../../tools/local/postgres/postgres.ts'
import { locate, sharedFolder } from '../../../../tools/local/postgres/programs.ts'

const folder = temporaryFolder('postgres-password')
afterAll(() => rmSync(folder, { recursive: true }))

test('without the secrets of its cluster PostgreSQL is stopped, with what to do', async () => {
  const options = { folder, port: await freePort(), logFile: join(folder, 'postgres.log'), unsafe: true }
  const created = await startPostgres({ ...options, password: 'first' })
  await created.stop()
  const data = join(folder, 'data')
  await expect(startPostgres({ ...options, password: 'second' })).rejects.toThrow(
    `The password of the database in ${data} is not the one in secrets.json: restore that file, or remove the folder`,
  )
  expect(existsSync(join(data, 'postmaster.pid'))).toBe(false)
})

test('a port that another server took meanwhile is named, also if that server responds', async () => {
  const options = { port: await freePort(), logFile: join(folder, 'postgres.log'), unsafe: true }
  const other = await startPostgres({ ...options, folder: join(folder, 'other'), password: 'other' })
  for (const password of ['own', 'other'])
    await expect(startPostgres({ ...options, folder: join(folder, 'own', password), password })).rejects.toThrow(
      /exited before it was ready[^]*Address already in use/,
    )
  await other.stop()
})

test('two servers that start on one port at once both run', async () => {
  const port = await freePort()
  const begin = (name: string) =>
    withFixedPort(port, (free, signal) => {
      const options = { folder: join(folder, name), logFile: join(folder, `${name}.log`), unsafe: true }
      return startPostgres({ ...options, port: free, password: name, signal })
    })(new AbortController().signal)
  const servers = await Promise.all(['first', 'second'].map(begin))
  expect(servers.filter(({ url }) => url('').includes(`:${port}/`))).toHaveLength(1)
  for (const server of servers) await server.stop()
})

const hash = (path: string) => createHash('sha256').update(path).digest('hex').slice(0, 16)
const program = import.meta.resolve('../../../../tools/local/postgres/postgres.ts')

/** Starts PostgreSQL in a folder, with the programs of another one, in a process of its own with this umask. */
const startWithUmask = (umask: string, options: object) => {
  const script =
    `const { startPostgres } = await import(${JSON.stringify(program)})\n` +
    `await (await startPostgres(${JSON.stringify({ ...options, password: 'p', unsafe: true })})).stop()`
  const args = ['-c', `umask ${umask} && exec "$@"`, 'sh', process.execPath, '--import', 'tsx', '--input-type=module']
  return promisify(execFile)('sh', [...args, '-e', script])
}

test.runIf(process.getuid?.() === 0).each(['077', '027'])(
  'root starts PostgreSQL with umask %s, from packages that were installed with it',
  async (umask) => {
    // The account that PostgreSQL runs as cannot enter this folder.
    const own = join(folder, `umask-${umask}`)
    mkdirSync(own, { mode: 0o700 })
    const programs = join(own, 'native')
    cpSync(locate({ folder }, undefined).native, programs, { recursive: true, verbatimSymlinks: true })
    for (const path of [programs, join(programs, 'bin')]) chmodSync(path, 0o700)
    const copy = sharedFolder(`postgres-${hash(programs)}`)
    const data = sharedFolder(hash(join(own, 'postgres')))
    try {
      const options = { folder: join(own, 'postgres'), port: await freePort(), logFile: join(own, 'log'), programs }
      await startWithUmask(umask, options)
      expect(existsSync(join(data, 'data', 'PG_VERSION'))).toBe(true)
      // A copy that an older release made with this umask is replaced.
      chmodSync(copy, 0o700)
      await startWithUmask(umask, options)
    } finally {
      for (const path of [copy, data]) rmSync(path, { recursive: true, force: true })
    }
  },
)
