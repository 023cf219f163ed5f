import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { buildOnce, hasGo, machineCache, pinnedModule } from './go-build.ts'

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
  if (!hasGo()) {
    throw new Error(
      'No Temporal server was found. Do one of these: install the Temporal CLI (https://docs.temporal.io/cli), set TEMPORAL_CLI_PATH to it, set TEMPORAL_ADDRESS to a running server, or install Go so that it can be built from tools/temporal.',
    )
  }
  return buildOnce({ module, package: packages[name], target, takes: 'about 3 minutes', say })
}

/** The vendor's download, through the SDK; undefined where it is out of reach. */
async function download(target: string, say: (line: string) => void): Promise<string | undefined> {
  const folder = join(cacheFolder(), 'download')
  mkdirSync(folder, { recursive: true })
  try {
    const executable = {
      type: 'cached-download' as const,
      version: module.version('github.com/temporalio/cli'),
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
