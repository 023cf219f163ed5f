import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { requireFolder } from '../../../../tools/local/folders.ts'
import { buildOnce, pinnedModule } from '../../../../tools/local/go-build.ts'
import { freePort, withFixedPort } from '../../../../tools/local/ports.ts'
import { startDevServer } from '../../../../tools/local/temporal/temporal.ts'
import { findTemporal } from '../../../../tools/local/temporal/temporal-programs.ts'
import { isOlder, serverVersionOf } from '../../../../tools/local/temporal/temporal-version.ts'
import { until } from '../../../support/until.ts'
import { temporaryFolder } from '../../../../tools/local/folders.ts'

const folder = temporaryFolder('temporal-program')
const { PATH, TEMPORAL_CLI_PATH } = process.env
beforeEach(() => {
  process.env.PATH = `${folder}:${PATH}`
  delete process.env.TEMPORAL_CLI_PATH
})
afterEach(() => {
  process.env.PATH = PATH
  if (TEMPORAL_CLI_PATH !== undefined) process.env.TEMPORAL_CLI_PATH = TEMPORAL_CLI_PATH
  rmSync(join(folder, 'temporal'), { force: true })
})

/** Creates a `temporal` program with this version output. */
function program(says: string): string {
  const file = join(folder, 'temporal')
  writeFileSync(file, `#!/bin/sh\n${says}\n`)
  chmodSync(file, 0o755)
  return file
}

test('a program on the PATH is used if its server is as new as the pinned one, and skipped otherwise', async () => {
  const said: string[] = []
  const find = () => findTemporal((line) => said.push(line))
  const newer = program('echo "temporal version 9.1.0 (Server 9.31.2, UI 9.50.1)"')
  expect(await find()).toBe(newer)
  expect(said).toEqual([])
  const older = program('echo "temporal version 1.1.0 (server 1.25.0, ui 2.30.3)"')
  expect(await find()).not.toBe(older)
  expect(said.pop()).toMatch(/^skipping .*temporal: its Temporal server is 1\.25\.0, older than v?1\./)
  for (const other of ['echo "tctl version 1.18"', 'exit 1']) {
    program(other)
    expect(await find()).not.toBe(older)
    expect(said.pop()).toContain('it has no Temporal server')
  }
})

test('a configured program is used regardless of its version, which is reported', async () => {
  const said: string[] = []
  process.env.TEMPORAL_CLI_PATH = program('echo "temporal version 1.1.0 (server 1.25.0, ui 2.30.3)"')
  expect(await findTemporal((line) => said.push(line))).toBe(process.env.TEMPORAL_CLI_PATH)
  expect(said.join()).toContain('has Temporal server 1.25.0; tested with')
})

test('versions are compared by number, and a program that hangs has none', async () => {
  expect(isOlder('1.9.0', '1.31.2')).toBe(true)
  expect(isOlder('1.31.2', 'v1.31.2')).toBe(false)
  expect(isOlder('2.0.0', 'v1.31.2')).toBe(false)
  expect(await serverVersionOf(program('exec sleep 60'))).toBeUndefined()
})

test.each([
  ['is killed, as by the second signal of Ctrl-C', 'trap "" INT; exec sleep 600', 'SIGKILL'],
  ['is interrupted', 'exec sleep 600', 'SIGINT'],
  ['fails', 'exit 1', undefined],
])('a build that %s leaves nothing behind', async (_, then, signal) => {
  const [own, target] = [temporaryFolder('go-build'), join(folder, 'cache', 'temporal')]
  const go = join(folder, 'go')
  // As the compiler does, before it looks at signals.
  writeFileSync(
    go,
    `#!/bin/sh\nmkdir "\${GOTMPDIR:-$TMPDIR}/go-build1"\necho part > "$6"\necho $$ > "${folder}/pid"\n${then}\n`,
  )
  chmodSync(go, 0o755)
  const { TMPDIR } = process.env
  process.env.TMPDIR = own
  try {
    const ending = new AbortController()
    const building = buildOnce({
      ...{ module: pinnedModule('temporal'), package: 'none', target, takes: 'no time', say: () => {} },
      signal: ending.signal,
    })
    const failed = expect(building).rejects.toThrow()
    const pid = await until(() => existsSync(join(folder, 'pid')) && Number(readFileSync(join(folder, 'pid'), 'utf8')))
    if (signal) ending.abort()
    if (signal === 'SIGKILL') process.kill(pid as number, signal)
    await failed
    expect([readdirSync(own), readdirSync(join(folder, 'cache'))]).toEqual([[], []])
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
    for (const name of ['go', 'pid']) rmSync(join(folder, name), { force: true })
    rmSync(own, { recursive: true })
  }
})

/** Builds with a compiler that only writes its output. Returns the messages. */
async function buildInto(target: string): Promise<string[]> {
  const said: string[] = []
  const go = join(folder, 'go')
  writeFileSync(go, '#!/bin/sh\necho built > "$6"\n')
  chmodSync(go, 0o755)
  const build = { module: pinnedModule('temporal'), package: 'none', target, takes: 'no time' }
  await buildOnce({ ...build, say: (line) => said.push(line) }).finally(() => rmSync(go))
  return said
}

test.each([
  ['names no process', ''],
  ['names a process that is another program by now', String(process.pid)],
  ['names a process that is gone', '999999999'],
])('an abandoned lock that %s is taken over', async (_, owner) => {
  const target = join(folder, 'locked', 'temporal')
  mkdirSync(join(folder, 'locked'))
  writeFileSync(`${target}.lock`, owner)
  const old = new Date(Date.now() - 120_000)
  utimesSync(`${target}.lock`, old, old)
  await buildInto(target)
  expect(readdirSync(join(folder, 'locked'))).toEqual(['temporal'])
  rmSync(join(folder, 'locked'), { recursive: true })
})

test('a cache that cannot be written is reported at once, with the variable to change', async () => {
  const nowhere = '/dev/null/cache'
  const sentence = `${nowhere} cannot be written (ENOTDIR): set XDG_CACHE_HOME to a writable folder with free space`
  await expect(buildInto(`${nowhere}/temporal`)).rejects.toThrow(new Error(sentence))
  expect(() => requireFolder(nowhere, 'LOCAL_DIR')).toThrow('set LOCAL_DIR to')
  if (!existsSync('/proc/self')) return
  expect(() => requireFolder('/proc/stack', 'LOCAL_DIR')).toThrow('/proc/stack cannot be written (ENOENT)')
})

test('the Temporal database is in its folder, whatever the path', async () => {
  const place = join(folder, 'project #1? 50%41')
  mkdirSync(place)
  const before = readdirSync(folder)
  const logFile = join(place, 'temporal.log')
  const options = { program: inject('temporalProgram'), folder: place, uiPort: null, logFile }
  const server = await startDevServer({ ...options, port: await freePort() })
  await server.stop()
  expect(readdirSync(place)).toEqual(expect.arrayContaining(['temporal.db', 'temporal.log']))
  expect(readdirSync(folder)).toEqual(before)
})

test('another server on the port is not mistaken for the started one', async () => {
  const port = await freePort()
  const options = { folder: null, uiPort: null, port, logFile: join(folder, 'another.log') }
  const another = await startDevServer({ ...options, program: inject('temporalProgram') })
  try {
    const silent = { ...options, program: program('exec sleep 60'), logFile: join(folder, 'silent.log') }
    await expect(startDevServer({ ...silent, signal: AbortSignal.timeout(3_000) })).rejects.toThrow('timeout')
  } finally {
    await another.stop()
  }
})

/** What the server says where its port is taken, by a program that ends a moment later. */
const slowToEnd = 'echo "Error: listen tcp 127.0.0.1:$6: bind: address already in use" >&2; sleep 3; exit 1'

test.each([
  ['finds the port taken', () => inject('temporalProgram')],
  ['has said that the port is taken and has not ended yet', () => program(slowToEnd)],
])('a server of someone else on the port is not mistaken for one that %s', async (_, ours) => {
  const options = { folder: null, uiPort: null, port: await freePort(), logFile: join(folder, 'temporal.log') }
  const other = await startDevServer({ ...options, program: inject('temporalProgram') })
  try {
    await expect(startDevServer({ ...options, program: ours() })).rejects.toThrow(/address already in use/)
  } finally {
    await other.stop()
  }
})

test('a restart does not use a server that someone else started on its port meanwhile', async () => {
  const logFile = join(folder, 'temporal.log')
  const options = { program: inject('temporalProgram'), uiPort: null, logFile }
  const begin = withFixedPort(await freePort(), (port, signal) =>
    startDevServer({ ...options, folder: null, port, signal }),
  )
  const { signal } = new AbortController()
  const first = await begin(signal)
  await first.stop()
  const port = Number(first.address.split(':')[1])
  const other = await startDevServer({ ...options, folder: null, port })
  try {
    // Once it had the port, a stack keeps it: its parts know the address.
    await expect(begin(signal)).rejects.toThrow(/address already in use/)
  } finally {
    await other.stop()
  }
  const again = await begin(signal)
  expect(again.address).toBe(first.address)
  await again.stop()
})
