import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { isAlive } from './processes.ts'

const module = fileURLToPath(new URL('../tools/temporal/', import.meta.url))
const packages = {
  temporal: 'github.com/temporalio/cli/cmd/temporal',
  server: 'go.temporal.io/server/cmd/server',
  sql: 'go.temporal.io/server/cmd/tools/sql',
}
export type TemporalProgram = keyof typeof packages

function pinned(dependency: string): string {
  const line = readFileSync(join(module, 'go.mod'), 'utf8').match(
    new RegExp(`^\\s*(?:require )?${dependency} (v\\S+)`, 'm'),
  )
  return line?.[1] ?? 'unknown'
}

/** Where programs are kept that were built or downloaded once: for all checkouts, by version. */
function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(
    base,
    'billing-onboarding',
    `temporal-cli-${pinned('github.com/temporalio/cli')}-server-${pinned('go.temporal.io/server')}`,
  )
}

const onPath = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()

/**
 * Finds the `temporal` program: `TEMPORAL_CLI_PATH`, the PATH, the cache, the vendor's download, and as the last way a build
 * from `tools/temporal`. Throws one Error that says what to do when none works.
 */
export async function findTemporal(say: (line: string) => void): Promise<string> {
  const given = process.env.TEMPORAL_CLI_PATH
  if (given && !existsSync(given)) throw new Error(`TEMPORAL_CLI_PATH names ${given}, which does not exist`)
  const known = given || onPath('temporal')
  if (known) return known
  const cached = join(cacheFolder(), 'temporal')
  if (existsSync(cached)) return cached
  return (await download(cached, say)) ?? buildProgram('temporal', say)
}

/** One of the programs that `tools/temporal` pins, built once into the cache. */
export async function buildProgram(name: TemporalProgram, say: (line: string) => void): Promise<string> {
  const target = join(cacheFolder(), name)
  if (existsSync(target)) return target
  if (spawnSync('go', ['version']).status !== 0) {
    throw new Error(
      'No Temporal server was found. Do one of these: install the Temporal CLI (https://docs.temporal.io/cli), set TEMPORAL_CLI_PATH to it, set TEMPORAL_ADDRESS to a running server, or install Go so that it can be built from tools/temporal.',
    )
  }
  await withLock(join(cacheFolder(), `${name}.lock`), say, async () => {
    if (!existsSync(target)) await build(name, target, say)
  })
  return target
}

async function build(name: TemporalProgram, target: string, say: (line: string) => void): Promise<void> {
  say(`building ${packages[name]} from tools/temporal, once for this machine (about 3 minutes)`)
  const began = Date.now()
  const child = spawn('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', `${target}.new`, packages[name]], {
    cwd: module,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ticker = setInterval(() => say(`still building (${Math.round((Date.now() - began) / 1000)} s)`), 15_000)
  const code = await new Promise((resolve) => child.once('close', resolve))
  clearInterval(ticker)
  if (code !== 0) throw new Error(`Temporal could not be built from tools/temporal:\n${output.slice(-2000)}`)
  renameSync(`${target}.new`, target)
}

/** The vendor's download, through the SDK; undefined where it is out of reach. */
async function download(target: string, say: (line: string) => void): Promise<string | undefined> {
  const folder = join(cacheFolder(), 'download')
  mkdirSync(folder, { recursive: true })
  try {
    const executable = {
      type: 'cached-download' as const,
      version: pinned('github.com/temporalio/cli'),
      downloadDir: folder,
    }
    const environment = await within(120_000, TestWorkflowEnvironment.createLocal({ server: { executable } }))
    await environment.teardown()
    const found = readdirSync(folder).find((name) => statSync(join(folder, name)).size > 10_000_000)
    if (!found) return undefined
    renameSync(join(folder, found), target)
    chmodSync(target, 0o755)
    return target
  } catch {
    say("the vendor's download of Temporal is out of reach")
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    sleep(milliseconds, undefined, { ref: false }).then(() => Promise.reject(new Error('too slow'))),
  ])
}

/** Two starts at once build once: the second waits for the first. A lock whose owner died is taken over. */
async function withLock(file: string, say: (line: string) => void, work: () => Promise<void>): Promise<void> {
  mkdirSync(cacheFolder(), { recursive: true })
  for (let tries = 0; !tryLock(file); tries++) {
    if (tries === 1) say('another start is building it already; waiting for that')
    await sleep(500)
  }
  try {
    await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function tryLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    const owner = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
    if (owner && !isAlive(owner)) rmSync(file, { force: true })
    return false
  }
}
