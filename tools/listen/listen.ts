import { setTimeout as sleep } from 'node:timers/promises'
import { escaped, shownUrl } from '../../runtime/terminal.ts'
import { createReceivers } from '../../receivers/post.ts'
import { ApiError, ConnectionError, createBillingClient, type BillingClient } from '../../packages/client/src/index.ts'
import { closeEndpoint, openEndpoint } from './endpoint.ts'
import { createForward, type Pulled } from './forward.ts'
import { signingKey, signingSecret, type ListenSettings } from './settings.ts'

/** Seconds. An attempt to reach the local server takes at most 15. */
const lease = 20
const longestPull = 10
/** Milliseconds between calls while the service does not respond. */
const pauseIfAway = 2_000

/** The server is the developer's own. */
const anyAddress = { mayReach: () => true, allowsNetworks: true, allowsPort: () => true }

/**
 * Forwards events until the signal ends it, then deletes its endpoint. Throws an Error that says what to change if the
 * service refuses.
 */
export async function listen(
  settings: ListenSettings,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { apiUrl, apiKey, forwardTo } = settings
  const billing = createBillingClient({ baseUrl: apiUrl, apiKey, retries: 1 })
  const receivers = createReceivers({ rules: anyAddress, publicUrl: apiUrl })
  const id = await openEndpoint(billing, settings).catch((error: unknown) => {
    throw readable(error, apiUrl)
  })
  say(`Events of ${apiUrl} are forwarded to ${shownUrl(forwardTo)}. Press Ctrl-C to stop.`)
  say(`Verify them with the secret ${signingSecret(apiKey)}`)
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal })
  const forward = createForward({ post: receivers.post, url: forwardTo, key: signingKey(apiKey), say, pause })
  try {
    await forwardAll(billing, id, forward, { apiUrl, say, signal })
  } catch (error) {
    if (!signal.aborted) throw readable(error, apiUrl)
  } finally {
    await receivers.close()
    if (!(await closeEndpoint(billing, id)))
      say(`${id} could not be deleted. It is deleted after an hour without pulls.`)
  }
}

/** Pulls one event at a time, so that no event arrives while an earlier one of its billing customer is refused. */
async function forwardAll(
  billing: BillingClient,
  id: string,
  forward: (event: Pulled) => Promise<boolean>,
  { apiUrl, say, signal }: { apiUrl: string; say: (line: string) => void; signal: AbortSignal },
): Promise<void> {
  const path = { id }
  let isAway = false
  while (!signal.aborted) {
    try {
      const query = { limit: 1, wait_seconds: longestPull, lease_seconds: lease }
      const { data } = await billing.get('/v1/webhook_endpoints/{id}/pull', { params: { path, query }, signal })
      if (isAway) say(`${apiUrl} responds again.`)
      isAway = false
      for (const event of data)
        if (await forward(event))
          await billing.post('/v1/webhook_endpoints/{id}/ack', { params: { path }, body: { event_ids: [event.id] } })
    } catch (error) {
      const passes =
        error instanceof ConnectionError || (error instanceof ApiError && [429, 503].includes(error.status))
      if (!passes || signal.aborted) throw error
      if (!isAway) say(`${apiUrl} does not respond; trying again.`)
      isAway = true
      await sleep(pauseIfAway, undefined, { signal })
    }
  }
}

/** Returns what went wrong at the service and what to do, in a sentence. */
function readable(error: unknown, apiUrl: string): Error {
  if (error instanceof ConnectionError) return new Error(`${apiUrl} does not respond: is the service running there?`)
  if (!(error instanceof ApiError)) return error instanceof Error ? error : new Error(String(error))
  if (error.status === 401) return new Error(`${apiUrl} does not know this API key. Check BILLING_API_KEY.`)
  if (error.status === 404) return new Error('The endpoint was deleted meanwhile. Start again.')
  const fields = error.errors.map(({ param, message }) => `${param} ${message}`).join('; ')
  return new Error(`${apiUrl} refused: ${escaped(fields || (error.problem?.detail ?? error.message))}`)
}
