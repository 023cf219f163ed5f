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

/** The cache for built and downloaded programs of the pinned versions. All checkouts share it. */
const cacheFolder = () =>
  machineCache(
    `temporal-cli-${module.version('github.com/temporalio/cli')}-server-${module.version('go.temporal.io/server')}`,
  )

const onPath = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()

const pinnedServer = module.version('go.temporal.io/server')

/**
 * Finds the `temporal` program: TEMPORAL_CLI_PATH, the PATH (skipped if older than the pinned version), the cache, the
 * vendor's download, or a build from `tools/temporal`. Throws an Error with instructions if none works.
 */
export async function findTemporal(say: (line: string) => void, signal?: AbortSignal): Promise<string> {
  const installed = (await configuredProgram(say)) ?? (await programOnPath(say))
  if (installed) return installed
  const cached = join(cacheFolder(), 'temporal')
  if (existsSync(cached)) return cached
  return (await download(cached, say, signal)) ?? buildProgram('temporal', say, signal)
}

async function configuredProgram(say: (line: string) => void): Promise<string | undefined> {
  const given = process.env.TEMPORAL_CLI_PATH?.trim()
  if (!given) return undefined
  if (!existsSync(given)) throw new Error(`TEMPORAL_CLI_PATH names ${given}, which does not exist`)
  const version = await serverVersionOf(given)
  if (!version) throw new Error(`TEMPORAL_CLI_PATH names ${given}, which is not a Temporal CLI with a server`)
  if (isOlder(version, pinnedServer)) say(`${given} has Temporal server ${version}; tested with ${pinnedServer}`)
  return given
}

async function programOnPath(say: (line: string) => void): Promise<string | undefined> {
  const found = onPath('temporal')
  if (!found) return undefined
  const version = await serverVersionOf(found)
  if (version && !isOlder(version, pinnedServer)) return found
  const what = version ? `its Temporal server is ${version}, older than ${pinnedServer}` : 'it has no Temporal server'
  say(`skipping ${found}: ${what}. Set TEMPORAL_CLI_PATH to use it anyway`)
  return undefined
}

/** Builds a program that `tools/temporal` pins, once, into the cache. Returns its path. */
export async function buildProgram(
  name: TemporalProgram,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const target = join(cacheFolder(), name)
  if (existsSync(target)) return target
  if (!hasGo()) {
    throw new Error(
      'No Temporal server was found. Do one of the following: install the Temporal CLI ' +
        '(https://docs.temporal.io/cli), set TEMPORAL_CLI_PATH to it, set TEMPORAL_ADDRESS to a running server, or ' +
        'install Go so that the server can be built from tools/temporal.',
    )
  }
  return buildOnce({ module, package: packages[name], target, takes: 'about 3 minutes', say, signal })
}

/** Downloads the program through the SDK. Returns undefined if the download is unavailable. */
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
    say('Temporal could not be downloaded')
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function within<T>(milliseconds: number, work: Promise<T>, signal?: AbortSignal): Promise<T> {
  const timeout = sleep(milliseconds, undefined, { ref: false, signal })
  return Promise.race([work, timeout.then(() => Promise.reject(new Error('timeout')))])
}
