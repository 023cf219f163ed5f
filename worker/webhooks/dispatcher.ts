import { drainEndpoint } from '../../activities/webhooks/drain-endpoint.ts'
import type { WebhookDependencies } from '../../activities/webhooks/dependencies.ts'
import type { EndpointReference } from '../../domain/webhooks/endpoint.ts'
import { claimEndpoints, returnLease, type Lease } from '../../store/webhooks/leases.ts'
import { createClockCheck } from './clock.ts'

interface DispatcherOptions extends WebhookDependencies {
  /** Starts the endpoint's run, which waits longer between attempts. If this fails, the run dispatcher starts it. */
  startRun: (endpoint: EndpointReference) => Promise<void>
  /** Milliseconds between polls. */
  every?: number
}

/** Endpoints that one process serves at once. */
const mostLeases = 128
/** Longest pauses after our own errors: for one endpoint in seconds, for the loop in milliseconds. They start short. */
const longestPostponement = 30
const longestPause = 10_000

/**
 * Delivers events to webhook endpoints. It claims endpoints with due deliveries and serves each for some seconds. A
 * poll takes a tenth of a millisecond, so new events need no notification (docs/decisions/0034).
 */
export function startWebhookDispatcher({ every = 500, startRun, ...d }: DispatcherOptions): {
  stop(): Promise<void>
} {
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let skipWait = () => {}
  const serving = new Set<Promise<void>>()
  const checkClock = createClockCheck(d.log)
  /** Consecutive turns that failed because of our own errors, by endpoint. */
  const failedTurns = new Map<string, number>()
  const wait = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds)
      skipWait = resolve
    })
  const warn = (error: unknown, message: string, endpoint?: string) => {
    const { name, code } = error as { name?: string; code?: string }
    d.log.warn({ endpoint, error: name, code }, message)
  }

  async function serve(lease: Lease): Promise<void> {
    const { endpointId } = lease
    try {
      const runIsNeeded = await drainEndpoint(d, lease, () => stopping)
      failedTurns.delete(endpointId)
      await returnLease(d.database, lease)
      if (runIsNeeded)
        await startRun(lease).catch((error: unknown) =>
          warn(error, 'the run of a webhook endpoint could not be started; retrying', endpointId),
        )
    } catch (error) {
      warn(error, 'a webhook endpoint could not be served; retrying', endpointId)
      const failed = failedTurns.get(endpointId) ?? 0
      failedTurns.set(endpointId, failed + 1)
      // If the database is unavailable, the lease expires.
      await returnLease(d.database, lease, Math.min(2 ** failed, longestPostponement)).catch(() => {})
    }
  }

  async function poll(): Promise<void> {
    const leases = await claimEndpoints(d.database, mostLeases - serving.size)
    for (const lease of leases) {
      checkClock(lease.now())
      const served: Promise<void> = serve(lease).finally(() => serving.delete(served))
      serving.add(served)
    }
  }

  const loop = (async () => {
    let pause = every
    while (!stopping) {
      try {
        if (serving.size < mostLeases) await poll()
        pause = every
      } catch (error) {
        warn(error, 'due webhook deliveries could not be read; retrying')
        pause = Math.min(pause * 2, longestPause)
      }
      if (!stopping) await wait(pause)
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
