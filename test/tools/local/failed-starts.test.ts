import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { bundleProgram } from '../../../tools/scripts/bundle-program.ts'
import { until } from '../../support/until.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = temporaryFolder('failed-starts')
const children: ChildProcess[] = []
// A start that should have failed and did not must not outlive the test.
afterAll(async () => {
  await Promise.all(children.map((child) => (child.kill('SIGTERM') ? ended(child) : null)))
  rmSync(folder, { recursive: true, force: true })
})

/** Creates a program that reports a current Temporal version and runs a test's commands when it is started. */
function fakeTemporal(name: string, body: string): string {
  const file = join(folder, name)
  writeFileSync(
    file,
    `#!/bin/sh\n[ "$1" = --version ] && echo "temporal version 9.0.0 (Server 9.0.0, UI 9.0.0)" && exit\n${body}\n`,
  )
  chmodSync(file, 0o755)
  return file
}

/** What a start would otherwise look for and bundle anew. */
const prepared = () => ({ TEMPORAL_CLI_PATH: inject('temporalProgram'), WORKFLOW_BUNDLE: inject('bundlePath') })

/** What `npm start` runs, in one file. It saves most of the time of a start that fails. */
let program: string
const npmStart = ['npm', 'start'] as const

let count = 0
/** Starts the local stack in a folder of its own. */
function start(env: NodeJS.ProcessEnv, [command, argument] = [process.execPath, program] as readonly [string, string]) {
  const place = join(folder, `${++count}-stack`)
  const child = spawn(command, [argument], {
    cwd: root,
    env: { ...process.env, LOCAL_DIR: place, PORT: '0', ...prepared(), ...env },
  })
  children.push(child)
  let output = ''
  let asked = 0
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (asked === 0 && output.includes('starting Temporal')) asked = Date.now()
  })
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return { child, place, output: () => output, askedTemporal: () => asked }
}

/** What `npm start` needs, without a `temporal` that this machine may have. */
const pathWithoutTemporal = (process.env.PATH ?? '')
  .split(':')
  .filter((place) => !existsSync(join(place, 'temporal')))
  .join(':')

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

/** Returns processes with a folder in their command or environment, and the folder's lock files. */
function leftBehind(place: string): string[] {
  const processes = readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => {
      try {
        return (readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8')).includes(
          place,
        )
      } catch {
        return false
      }
    })
  const held = ['stack.pid', 'temporal.pid', 'ready.json', 'postgres/data/postmaster.pid']
  const clusters = existsSync(join(place, 'postgres')) ? readdirSync(join(place, 'postgres')) : []
  const unfinished = clusters.filter((name) => name !== 'data')
  return [...processes, ...held.filter((file) => existsSync(join(place, file))), ...unfinished]
}

/** A program's compilers exit a moment after it, when their pipe is closed. */
const nothingIsLeft = (place: string) => expect.poll(() => leftBehind(place)).toEqual([])

/** Returns the output of a start that must fail, and the seconds from where it starts Temporal to its end. */
async function failure(
  env: NodeJS.ProcessEnv,
  command?: typeof npmStart,
): Promise<{ output: string; seconds: number }> {
  const { child, place, output, askedTemporal } = start(env, command)
  expect(await ended(child)).toBe(1)
  const seconds = (Date.now() - askedTemporal()) / 1000
  await nothingIsLeft(place)
  // The message has no stack trace.
  expect(output()).not.toMatch(/^\s+at .*:\d+/m)
  return { output: output(), seconds }
}

/** Waits for 25 seconds, in which the other tests run. */
let hanging: ReturnType<typeof failure>
beforeAll(async () => {
  program = await bundleProgram('tools/local/main.ts')
  hanging = failure({ TEMPORAL_CLI_PATH: fakeTemporal('hangs', 'exec sleep 600') })
  hanging.catch(() => {})
})

test('invalid environment variables are rejected before anything starts', async () => {
  const invalid = { PORT: 'abc', TRUSTED_PROXIES: 'nginx', PUBLIC_URL: 'https://x.example/billing' }
  const { output } = await failure(invalid, npmStart)
  for (const name of ['PORT must be a whole number', 'TRUSTED_PROXIES has "nginx"', 'PUBLIC_URL must not have a path'])
    expect(output).toContain(name)
  expect(output).not.toContain('starting')

  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  try {
    const inUse = await failure({ PORT: String(port) })
    expect(inUse.output).toContain(`PORT ${port} is in use by another program`)
    expect(inUse.output).not.toContain('starting')
  } finally {
    taken.close()
  }
})

test.each(['/proc', '/dev/null/tmp'])('%s as TMPDIR is rejected at once', async (TMPDIR) => {
  const { output } = await failure({ TMPDIR }, npmStart)
  expect(output).toMatch(new RegExp(`${TMPDIR} cannot be written \\(ENO\\w+\\): set TMPDIR to`))
})

test('the message names a folder that cannot be written and a path that a shell cannot parse', async () => {
  const { output } = await failure({ LOCAL_DIR: '/dev/null/stack' })
  expect(output).toContain('/dev/null/stack cannot be written (ENOTDIR): set LOCAL_DIR to')
  const cache = await failure({ XDG_CACHE_HOME: '/dev/null/cache', TEMPORAL_CLI_PATH: '', PATH: pathWithoutTemporal })
  expect(cache.output).toMatch(/\/dev\/null\/cache\S+ cannot be written \(ENOTDIR\): set XDG_CACHE_HOME to/)
  const programs = join(folder, 'a "quoted" $PATH')
  mkdirSync(join(programs, 'bin'), { recursive: true })
  writeFileSync(join(programs, 'bin', 'postgres'), '')
  const quoted = await failure({ POSTGRES_PROGRAMS: programs })
  expect(quoted.output).toContain(`PostgreSQL cannot be started from ${programs}: move the checkout to a path without`)
  const none = await failure({ POSTGRES_PROGRAMS: ` ${join(folder, 'no-programs')} ` })
  expect(none.output).toContain(`POSTGRES_PROGRAMS names ${join(folder, 'no-programs')}, which has no bin/postgres`)
})

test('if Temporal exits at once, the message has its last output, and PostgreSQL is stopped', async () => {
  const { output } = await failure({
    TEMPORAL_CLI_PATH: fakeTemporal('ends', 'echo "unknown flag: --ip" >&2; exit 1'),
  })
  expect(output).toContain('Temporal exited before it was ready')
  expect(output).toContain('unknown flag: --ip')

  const none = await failure({ TEMPORAL_CLI_PATH: '/nowhere/temporal' })
  expect(none.output).toContain('TEMPORAL_CLI_PATH names /nowhere/temporal, which does not exist')
  const other = join(folder, 'other')
  writeFileSync(other, '#!/bin/sh\necho "some other program 1.0"\n')
  chmodSync(other, 0o755)
  const another = await failure({ TEMPORAL_CLI_PATH: other })
  expect(another.output).toContain('which is not a Temporal CLI with a server')
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s stops a start that is in progress', async (signal) => {
  const { child, place, output } = start({ TEMPORAL_CLI_PATH: fakeTemporal('waits', 'exec sleep 600') }, npmStart)
  await until(() => existsSync(join(place, 'stack.pid')) && output().includes('starting Temporal'))
  const began = Date.now()
  process.kill(Number(readFileSync(join(place, 'stack.pid'), 'utf8')), signal)
  expect(await ended(child)).toBe(0)
  expect(Date.now() - began).toBeLessThan(15_000)
  expect(output()).toContain('stopped before startup completed')
  await nothingIsLeft(place)
})

test('a Temporal server that never responds is reported within 30 seconds', async () => {
  const { output, seconds } = await hanging
  expect(output).toContain('Temporal was not ready within 25 seconds')
  expect(seconds).toBeGreaterThan(24)
  // A busy machine.
  expect(seconds).toBeLessThan(40)
})
