import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from './ports.ts'
import { supervise, type RunningProcess, type Supervised } from './processes.ts'

export interface SiteOptions {
  folder: string
  env: NodeJS.ProcessEnv
  say(line: string): void
  /** Called when a process was started again. */
  changed(): void
  /** Ends a start that is under way. */
  signal?: AbortSignal | undefined
}

interface Secrets {
  postgres: string
  setupLinks: string
  stripeWebhooks: string
}

/** Secrets that the stack makes for itself, once. */
function ownSecrets(file: string): Secrets {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets
  const random = () => randomBytes(32).toString('hex')
  const made = { postgres: random(), setupLinks: random(), stripeWebhooks: `whsec_${random()}` }
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 })
  return made
}

export type Site = ReturnType<typeof openSite>

/** Where a stack stands: its folder and secrets, its ports, and what takes it down again. */
export function openSite({ folder: given, env, say, changed, signal: outer }: SiteOptions) {
  const folder = resolve(given)
  mkdirSync(folder, { recursive: true })
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 })
  const ending = new AbortController()
  const signal = outer ? AbortSignal.any([outer, ending.signal]) : ending.signal
  const portsFile = join(folder, 'ports.json')
  const undo: (() => Promise<void>)[] = []
  const later = (step: () => Promise<void>) => void undo.push(step)
  return {
    folder,
    env,
    say,
    secrets: ownSecrets(join(folder, 'secrets.json')),
    logFile: (name: string) => join(folder, 'logs', `${name}.log`),
    later,

    /** Aborted when the start has failed or is not wanted any more: what is being started then ends. */
    signal,

    async keepRunning(start: (signal: AbortSignal) => Promise<RunningProcess>): Promise<Supervised> {
      const supervised = await supervise(start, changed, signal)
      later(() => supervised.stop())
      return supervised
    },

    async portFor(what: string, wanted: number): Promise<number> {
      const port = await freePort(wanted)
      if (wanted !== 0 && port !== wanted) say(`port ${wanted} is taken; ${what} uses ${port} instead`)
      return port
    },

    /** As `portFor`, and the same at the next start of this folder: links to it are kept elsewhere. */
    async stablePortFor(what: string, wanted: number): Promise<number> {
      const ports = existsSync(portsFile) ? (JSON.parse(readFileSync(portsFile, 'utf8')) as Record<string, number>) : {}
      const port = await this.portFor(what, ports[what] ?? wanted)
      writeFileSync(portsFile, JSON.stringify({ ...ports, [what]: port }))
      return port
    },

    /** Waits for all of them. The first that fails ends the others, and is thrown when they have ended. */
    async together<Parts extends unknown[]>(...parts: { [K in keyof Parts]: Promise<Parts[K]> }): Promise<Parts> {
      const failures: unknown[] = []
      const noted = parts.map((part) =>
        part.catch((error: unknown) => {
          failures.push(error)
          ending.abort()
          throw error
        }),
      )
      await Promise.allSettled(noted)
      if (failures.length > 0) throw failures[0]
      return (await Promise.all(noted)) as Parts
    },

    /** Takes everything down, in the reverse order. */
    async stop(): Promise<void> {
      for (const step of undo.splice(0).reverse()) await step().catch(() => {})
    },
  }
}
