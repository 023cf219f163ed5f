import type { Logger } from 'pino'
import { drainEndpoint } from '../../activities/webhooks/drain-endpoint.ts'
import type { WebhookDependencies } from '../../activities/webhooks/dependencies.ts'
import type { EndpointReference } from '../../domain/webhooks/endpoint.ts'
import { claimEndpoints, type Lease } from '../../store/webhooks/leases.ts'

interface DispatcherOptions extends WebhookDependencies {
  log: Logger
  /** Starts the run of an endpoint that takes longer pauses. The run dispatcher does it if this fails. */
  startRun: (endpoint: EndpointReference) => Promise<void>
  /** Milliseconds between polls. */
  every?: number
}

/** Endpoints that one process serves at once. */
const mostLeases = 128

/**
 * Delivers events to webhook endpoints. It claims endpoints with due deliveries and serves each for some seconds. A
 * poll costs a tenth of a millisecond, so that nothing has to announce new events (docs/decisions/0034).
 */
export function startWebhookDispatcher({ every = 500, log, startRun, ...d }: DispatcherOptions): {
  stop(): Promise<void>
} {
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let skipWait = () => {}
  const serving = new Set<Promise<void>>()
  const wait = () =>
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, every)
      skipWait = resolve
    })

  async function serve(lease: Lease): Promise<void> {
    try {
      if (await drainEndpoint(d, lease, () => stopping)) await startRun(lease)
    } catch (error) {
      const { name, code } = error as { name?: string; code?: string }
      log.warn({ endpoint: lease.endpointId, error: name, code }, 'a webhook endpoint could not be served; retrying')
    }
  }

  async function poll(): Promise<void> {
    const leases = await claimEndpoints(d.database, mostLeases - serving.size)
    for (const lease of leases) {
      const served: Promise<void> = serve(lease).finally(() => serving.delete(served))
      serving.add(served)
    }
  }

  const loop = (async () => {
    while (!stopping) {
      if (serving.size < mostLeases)
        await poll().catch((error: unknown) =>
          log.warn({ code: (error as { code?: string }).code }, 'due webhook deliveries could not be read; retrying'),
        )
      if (!stopping) await wait()
    }
    await Promise.all(serving)
  })()
  return {
    async stop() {
      stopping = true
      clearTimeout(timer)
      skipWait()
      await loop
    },
  }
}
