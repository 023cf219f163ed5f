import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { requireFolder } from '../folders.ts'
import { buildOnce, hasGo, machineCache, pinnedModule } from '../go-build.ts'
import { isOlder, serverVersionOf } from './temporal-version.ts'

const module = pinnedModule('temporal')
const packages = {
  temporal: 'github.com/temporalio/cli/cmd/temporal',
  server: 'go.temporal.io/server/cmd/server',
  sql: 'go.temporal.io/server/cmd/tools/sql',
}
export type TemporalProgram = keyof typeof packages

/** Where programs are kept that were built or downloaded once: for all checkouts, by version. */
const cacheFolder = () =>
  machineCache(
    `temporal-cli-${module.version('github.com/temporalio/cli')}-server-${module.version('go.temporal.io/server')}`,
  )

const onPath = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()

const pinnedServer = module.version('go.temporal.io/server')

/**
 * Finds the `temporal` program: `TEMPORAL_CLI_PATH`, the PATH, the cache, the vendor's download, and as the last way a
 * build from `tools/temporal`. One on the PATH that is older than what is pinned there is passed over, as it may lack
 * what we use. Throws one Error that says what to do when none works; `signal` ends a search that takes long.
 */
export async function findTemporal(say: (line: string) => void, signal?: AbortSignal): Promise<string> {
  const known = (await givenProgram(say)) ?? (await programOnPath(say))
  if (known) return known
  const cached = join(cacheFolder(), 'temporal')
  if (existsSync(cached)) return cached
  return (await download(cached, say, signal)) ?? buildProgram('temporal', say, signal)
}

async function givenProgram(say: (line: string) => void): Promise<string | undefined> {
  const given = process.env.TEMPORAL_CLI_PATH
  if (!given) return undefined
  if (!existsSync(given)) throw new Error(`TEMPORAL_CLI_PATH names ${given}, which does not exist`)
  const version = await serverVersionOf(given)
  if (!version) throw new Error(`TEMPORAL_CLI_PATH names ${given}, which is no Temporal CLI with a server`)
  if (isOlder(version, pinnedServer)) say(`${given} has the Temporal server ${version}; tried with ${pinnedServer}`)
  return given
}

async function programOnPath(say: (line: string) => void): Promise<string | undefined> {
  const found = onPath('temporal')
  if (!found) return undefined
  const version = await serverVersionOf(found)
  if (version && !isOlder(version, pinnedServer)) return found
  const what = version ? `its Temporal server is ${version}, older than ${pinnedServer}` : 'it has no Temporal server'
  say(`not used: ${found}, as ${what}; TEMPORAL_CLI_PATH would force it`)
  return undefined
}

/** One of the programs that `tools/temporal` pins, built once into the cache. */
export async function buildProgram(
  name: TemporalProgram,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const target = join(cacheFolder(), name)
  if (existsSync(target)) return target
  if (!hasGo()) {
    throw new Error(
      'No Temporal server was found. Do one of these: install the Temporal CLI (https://docs.temporal.io/cli), set TEMPORAL_CLI_PATH to it, set TEMPORAL_ADDRESS to a running server, or install Go so that it can be built from tools/temporal.',
    )
  }
  return buildOnce({ module, package: packages[name], target, takes: 'about 3 minutes', say, signal })
}

/** The vendor's download, through the SDK; undefined where it is out of reach. */
async function download(
  target: string,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const folder = join(cacheFolder(), 'download')
  requireFolder(folder, 'XDG_CACHE_HOME')
  try {
    const executable = {
      type: 'cached-download' as const,
      version: module.version('github.com/temporalio/cli'),
      downloadDir: folder,
    }
    const environment = await within(120_000, TestWorkflowEnvironment.createLocal({ server: { executable } }), signal)
    await environment.teardown()
    const found = readdirSync(folder).find((name) => statSync(join(folder, name)).size > 10_000_000)
    if (!found) return undefined
    renameSync(join(folder, found), target)
    chmodSync(target, 0o755)
    return target
  } catch {
    signal?.throwIfAborted()
    say("the vendor's download of Temporal is out of reach")
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function within<T>(milliseconds: number, work: Promise<T>, signal?: AbortSignal): Promise<T> {
  const late = sleep(milliseconds, undefined, { ref: false, signal })
  return Promise.race([work, late.then(() => Promise.reject(new Error('too slow')))])
}
