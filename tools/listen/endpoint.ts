import { ApiError, type BillingClient } from '../../packages/client/src/index.ts'
import { signingSecret, type ListenSettings } from './settings.ts'

/** Seconds: an endpoint that was left behind, as by a killed process, deletes itself. */
const idleTimeout = 3_600
/** Milliseconds. A running process pulls more often. */
const unusedFor = 30_000

/** Returns the id of a pull endpoint: one that a killed process with the same target left behind, or a new one. */
export async function openEndpoint(billing: BillingClient, settings: ListenSettings): Promise<string> {
  const { forwardTo, types, apiKey } = settings
  // The rest of the URL can contain a token.
  const { origin, pathname } = new URL(forwardTo)
  const description = `npm run listen: ${origin}${pathname}`.slice(0, 255)
  for await (const { id, kind, status, description: found, health } of billing.list('/v1/webhook_endpoints')) {
    const isUnused = Date.now() - Date.parse(health.last_pulled_at ?? '1970-01-01') > unusedFor
    if (kind !== 'pull' || status !== 'enabled' || found !== description || !isUnused) continue
    await billing.patch('/v1/webhook_endpoints/{id}', { params: { path: { id } }, body: { types } })
    return id
  }
  const secret = signingSecret(apiKey)
  const body = { kind: 'pull' as const, description, types, secret, idle_timeout_seconds: idleTimeout }
  return (await billing.post('/v1/webhook_endpoints', { body })).id
}

/** Deletes the endpoint. Returns whether it no longer exists. */
export async function closeEndpoint(billing: BillingClient, id: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(5_000)
    await billing.delete('/v1/webhook_endpoints/{id}', { params: { path: { id } }, signal })
    return true
  } catch (error) {
    return error instanceof ApiError && error.status === 404
  }
}
