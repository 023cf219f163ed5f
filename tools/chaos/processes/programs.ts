import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freeLowPorts } from '../../local/ports.ts'
import { startEntryPoint } from '../../local/processes.ts'
import { bundleProgram } from '../../scripts/bundle-program.ts'
import { bundleWorkflows } from '../../scripts/bundle-workflows.ts'
import type { SupervisedProcess } from '../supervised-process.ts'
import { startProxy, type Proxy } from './proxy.ts'
import { keep, type Place } from './place.ts'

/** The API and the worker: one of each, or two, with a proxy in front of the APIs. */
export interface Programs {
  api: SupervisedProcess[]
  worker: SupervisedProcess[]
  balanced?: Balanced
}

interface Balanced {
  proxy: Proxy
  /** The ports of the APIs, in their order. */
  ports: number[]
}

/** Seconds for which an API that stops accepts calls: longer than the proxy takes to notice. */
const drainSeconds = 3

/** Starts one API and one worker; with `rolling`, two of each, and a proxy at the port of the API. */
export async function startPrograms(
  place: Place,
  foundation: { env: NodeJS.ProcessEnv; apiUrl: string },
  rolling: boolean,
): Promise<Programs> {
  const WORKFLOW_BUNDLE =
    process.env.WORKFLOW_BUNDLE || (await bundleWorkflows(join(place.folder, 'workflow-bundle.js')))
  const env = { ...foundation.env, WORKFLOW_BUNDLE }
  // They start often, and sources take much longer to start.
  const bundles = { api: await bundleProgram('api/main.ts'), worker: await bundleProgram('worker/main.ts') }
  const start: Start = (program, name, more = {}) =>
    keep(place, () =>
      startEntryPoint(`${program}/main`, { ...env, ...more }, place.logFile(name), undefined, bundles[program]),
    )
  if (!rolling) {
    const [api, worker] = await Promise.all([start('api', 'api'), start('worker', 'worker')])
    return { api: [api], worker: [worker] }
  }
  return startPairs(place, foundation.apiUrl, start)
}

type Start = (program: 'api' | 'worker', name: string, env?: NodeJS.ProcessEnv) => Promise<SupervisedProcess>

async function startPairs(place: Place, apiUrl: string, start: Start): Promise<Programs> {
  const ports = await freeLowPorts(2)
  const worker = await Promise.all([0, 1].map((n) => start('worker', `worker-${n}`)))
  const api = await Promise.all(
    ports.map((port, n) => start('api', `api-${n}`, { PORT: String(port), DRAIN_SECONDS: String(drainSeconds) })),
  )
  const proxy = await startProxy(Number(new URL(apiUrl).port), ports)
  place.cleanup.push(() => proxy.close())
  await Promise.all(ports.map((port) => proxy.untilReady(port)))
  return { api, worker, balanced: { proxy, ports } }
}

/** Longer than an API or a worker may take to end its calls and steps, in milliseconds. */
const stopTimeout = 60_000
/** Milliseconds between two restarts. */
const pauseBetween = 2_000

/**
 * Stops and starts the APIs and workers in turn, one at a time, each at least once, until the returned function is
 * called. The next one stops once this one is ready.
 */
export function renewInTurn({ api, worker, balanced }: Programs): () => Promise<void> {
  let ended = false
  const turn = async (n: number) => {
    await api[n]!.renew(stopTimeout)
    await balanced?.proxy.untilReady(balanced.ports[n]!)
    await sleep(pauseBetween)
    await worker[n]!.renew(stopTimeout)
    await sleep(pauseBetween)
  }
  const loop = (async () => {
    for (let n = 0; !ended || n < api.length; n++) await turn(n % api.length)
  })()
  return async () => {
    ended = true
    await loop
  }
}
