import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { createFolder } from '../../runtime/files/create-folder.ts'
import { ownFolder, readJson, unusable, writeJson } from './folders.ts'
import { freePort, isPort } from './ports.ts'
import { supervise, type RunningProcess, type Supervised } from './processes.ts'

export interface StackOptions {
  folder: string
  env: NodeJS.ProcessEnv
  say(line: string): void
  /** Called after a process has restarted. */
  changed(): void
  /** Cancels the start. */
  signal?: AbortSignal | undefined
  /** Whether API and worker run bundled, with the memory and speed of a build. */
  bundled?: boolean
}

interface Secrets {
  postgres: string
  setupLinks: string
  stripeWebhooks: string
  webhookKeys: string
  gatewayKeys: string
}

/** Reads the stack's secrets, and generates those that are missing, once. */
function readOrCreateSecrets(file: string): Secrets {
  const kept = readJson<Partial<Secrets>>(file) ?? {}
  if (Object.values(kept).some((secret) => typeof secret !== 'string')) throw unusable(file)
  const random = () => randomBytes(32).toString('hex')
  const fresh = {
    postgres: random(),
    setupLinks: random(),
    stripeWebhooks: `whsec_${random()}`,
    webhookKeys: random(),
    gatewayKeys: random(),
  }
  // A folder of an older release lacks the newer ones.
  const secrets: Secrets = { ...fresh, ...kept }
  writeJson(file, secrets)
  return secrets
}

export type StackContext = ReturnType<typeof createStackContext>

/** Creates what the parts of a stack share: its folder, secrets, ports and cleanup steps. */
export function createStackContext({ folder: given, env, say, changed, signal: outer }: StackOptions) {
  const folder = resolve(given)
  createFolder(folder)
  ownFolder(join(folder, 'logs'))
  const ending = new AbortController()
  const signal = outer ? AbortSignal.any([outer, ending.signal]) : ending.signal
  const portsFile = join(folder, 'ports.json')
  const cleanup: (() => Promise<void>)[] = []
  const onStop = (step: () => Promise<void>) => void cleanup.push(step)
  return {
    folder,
    env,
    say,
    secrets: readOrCreateSecrets(join(folder, 'secrets.json')),
    logFile: (name: string) => join(folder, 'logs', `${name}.log`),
    /** Registers a cleanup step. */
    onStop,

    /** Aborted when the start has failed or was canceled. */
    signal,

    async keepRunning(start: (signal: AbortSignal) => Promise<RunningProcess>): Promise<Supervised> {
      const supervised = await supervise(start, changed, signal)
      onStop(() => supervised.stop())
      return supervised
    },

    async portFor(what: string, wanted: number): Promise<number> {
      const port = await freePort(wanted)
      if (wanted !== 0 && port !== wanted) say(`port ${wanted} is in use; ${what} uses ${port} instead`)
      return port
    },

    /** Like `portFor`, but returns the same port at the next start in this folder, so that links to it stay valid. */
    async stablePortFor(what: string, wanted: number): Promise<number> {
      const ports = readJson<Record<string, unknown>>(portsFile) ?? {}
      const last = ports[what]
      const port = await this.portFor(what, isPort(last) ? last : wanted)
      writeJson(portsFile, { ...ports, [what]: port })
      return port
    },

    /** Waits for all parts. The first failure cancels the others, and is thrown after they have settled. */
    async together<Parts extends unknown[]>(...parts: { [K in keyof Parts]: Promise<Parts[K]> }): Promise<Parts> {
      const failures: unknown[] = []
      const settled = parts.map((part) =>
        part.catch((error: unknown) => {
          failures.push(error)
          ending.abort()
          throw error
        }),
      )
      await Promise.allSettled(settled)
      if (failures.length > 0) throw failures[0]
      return (await Promise.all(settled)) as Parts
    },

    /** Runs the cleanup steps in reverse order. */
    async stop(): Promise<void> {
      for (const step of cleanup.splice(0).reverse()) await step().catch(() => {})
    },
  }
}
