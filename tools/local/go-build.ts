import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createWithOwner, requireFolder } from './folders.ts'
import { isAlive } from './processes.ts'

/** A Go module under `tools/` that pins the versions of programs. */
export interface PinnedModule {
  folder: string
  /** Returns the version of a dependency in go.mod, or `unknown`. */
  version(dependency: string): string
}

/** Returns the module in the folder `name` under `tools/`. */
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

/** Returns a path in the cache that all checkouts on this machine share. */
export const machineCache = (...names: string[]): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'billing-onboarding', ...names)

export const hasGo = (): boolean => spawnSync('go', ['version']).status === 0

export interface GoBuild {
  module: PinnedModule
  package: string
  target: string
  /** How long the build takes, for display. */
  takes: string
  say: (line: string) => void
  /** Cancels the build. */
  signal?: AbortSignal | undefined
}

/** Builds a program unless it exists, at most once across processes. Throws an Error with the compiler's output. */
export async function buildOnce(build: GoBuild): Promise<string> {
  const { target, say, signal } = build
  if (existsSync(target)) return target
  await withLock(`${target}.lock`, { say, signal }, async () => {
    if (!existsSync(target)) await runBuild(build)
  })
  return target
}

async function runBuild({ module, package: name, target, takes, say, signal }: GoBuild): Promise<void> {
  say(`building ${name} from ${module.folder}; this happens once per machine and takes ${takes}`)
  const began = Date.now()
  // The compiler removes its own folder unless a second signal ends it. Ctrl-C sends two: from the terminal and from
  // this process.
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
  // The `close` event below covers this case.
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

/** Runs `work` while holding a lock file. Waits for the holder, and takes over the lock of a holder that died. */
async function withLock(
  file: string,
  { say, signal }: Pick<GoBuild, 'say' | 'signal'>,
  work: () => Promise<void>,
): Promise<void> {
  requireFolder(dirname(file), 'XDG_CACHE_HOME')
  for (let tries = 0; !tryLock(file); tries++) {
    if (tries === 1) say('another process is building it; waiting')
    await sleep(500, undefined, { signal })
  }
  const heartbeat = setInterval(() => utimesSync(file, new Date(), new Date()), lockTimeout / 6)
  try {
    await work()
  } finally {
    clearInterval(heartbeat)
    rmSync(file, { force: true })
  }
}

/** Milliseconds after which an untouched lock is abandoned, even if a process with its id exists. */
const lockTimeout = 60_000

function tryLock(file: string): boolean {
  const made = statSync(file, { throwIfNoEntry: false })
  if (made) {
    const owner = Number(readFileSync(file, 'utf8'))
    if ((owner && !isAlive(owner)) || Date.now() - made.mtimeMs > lockTimeout) rmSync(file, { force: true })
    return false
  }
  return createWithOwner(file)
}
