import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createWithOwner, requireFolder } from './folders.ts'
import { isAlive } from './processes.ts'

/** A Go module under `tools/` that pins programs. */
export interface PinnedModule {
  folder: string
  /** The version that its go.mod requires of a dependency; `unknown` where it names none. */
  version(dependency: string): string
}

/** `name` is the module's folder under `tools/`. */
export function pinnedModule(name: string): PinnedModule {
  const folder = fileURLToPath(new URL(`../${name}/`, import.meta.url))
  return {
    folder,
    version(dependency) {
      const found = readFileSync(join(folder, 'go.mod'), 'utf8').match(
        new RegExp(`^\\s*(?:require )?${dependency} (v\\S+)`, 'm'),
      )
      return found?.[1] ?? 'unknown'
    },
  }
}

/** Where built and downloaded files are kept for all checkouts on this machine. */
export const machineCache = (...names: string[]): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'billing-onboarding', ...names)

export const hasGo = (): boolean => spawnSync('go', ['version']).status === 0

export interface GoBuild {
  module: PinnedModule
  package: string
  target: string
  /** How long it takes, for the people who wait. */
  takes: string
  say: (line: string) => void
  /** Ends a build that is under way. */
  signal?: AbortSignal | undefined
}

/** Builds a program unless it is there. Two builds at once run once. Throws an Error with the compiler's output. */
export async function buildOnce(build: GoBuild): Promise<string> {
  const { target, say, signal } = build
  if (existsSync(target)) return target
  await withLock(`${target}.lock`, { say, signal }, async () => {
    if (!existsSync(target)) await runBuild(build)
  })
  return target
}

async function runBuild({ module, package: name, target, takes, say, signal }: GoBuild): Promise<void> {
  say(`building ${name} from ${module.folder}, once for this machine (${takes})`)
  const began = Date.now()
  // The compiler removes its own folder, unless a second signal ends it: Ctrl-C reaches it from the terminal and from
  // here.
  const work = `${target}.work`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work)
  const child = spawn('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', `${target}.new`, name], {
    cwd: module.folder,
    env: { ...process.env, CGO_ENABLED: '0', GOTMPDIR: work },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    killSignal: 'SIGINT',
  })
  // Its end is waited for below.
  child.once('error', () => {})
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ticker = setInterval(() => say(`still building (${Math.round((Date.now() - began) / 1000)} s)`), 15_000)
  const code = await new Promise((resolve) => child.once('close', resolve))
  clearInterval(ticker)
  rmSync(work, { recursive: true, force: true })
  if (code !== 0) rmSync(`${target}.new`, { force: true })
  signal?.throwIfAborted()
  if (code !== 0) throw new Error(`${name} could not be built from ${module.folder}:\n${output.slice(-2000)}`)
  renameSync(`${target}.new`, target)
}

/** The second of two waits for the first. A lock whose owner died is taken over. */
async function withLock(
  file: string,
  { say, signal }: Pick<GoBuild, 'say' | 'signal'>,
  work: () => Promise<void>,
): Promise<void> {
  requireFolder(dirname(file), 'XDG_CACHE_HOME')
  for (let tries = 0; !tryLock(file); tries++) {
    if (tries === 1) say('another start is building it already; waiting for that')
    await sleep(500, undefined, { signal })
  }
  const alive = setInterval(() => utimesSync(file, new Date(), new Date()), freshness / 6)
  try {
    await work()
  } finally {
    clearInterval(alive)
    rmSync(file, { force: true })
  }
}

/** Milliseconds after which a lock that nobody touched is one that was left behind: its process id may be another's. */
const freshness = 60_000

function tryLock(file: string): boolean {
  const made = statSync(file, { throwIfNoEntry: false })
  if (made) {
    const owner = Number(readFileSync(file, 'utf8'))
    if ((owner && !isAlive(owner)) || Date.now() - made.mtimeMs > freshness) rmSync(file, { force: true })
    return false
  }
  return createWithOwner(file)
}
