import { ConnectionError, secondsUntilRetry } from './errors.ts'
import { sleep } from './sleep.ts'

export interface RetryOptions {
  /** How often a call is repeated. */
  retries: number
  /** Milliseconds that one attempt may take. */
  timeoutMs: number
  /** A call whose `Retry-After` is longer than this many seconds is not repeated. */
  longestRetryAfter: number
}

type Fetch = (request: Request, init?: RequestInit) => Promise<Response>
type Outcome = { response: Response } | { lost: unknown }

/** Seconds between two checks whether the first attempt, whose connection was lost, has ended. */
const askAgain = 1

/**
 * Returns a `fetch` that repeats a request after a lost connection, 429 and 503. It waits as `Retry-After` says,
 * otherwise 0.5 s, doubled each time. While an earlier attempt is still running (409), it asks every second. Throws
 * `ConnectionError` if the last attempt had no response.
 */
export function retryingFetch(fetch: Fetch, options: RetryOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    let wasLost = false
    let waited = 0
    for (let retried = 0; ;) {
      const outcome = await sendOnce(fetch, request, options.timeoutMs)
      if (wasLost && isDeleted(request, outcome)) return new Response(null, { status: 204 })
      if (options.retries > 0 && waited < options.longestRetryAfter && (await isStillRunning(outcome))) {
        waited += askAgain
        await sleep(askAgain * 1_000, request.signal)
        continue
      }
      if (retried >= options.retries || !isWorthRetrying(outcome, options)) return resultOf(outcome)
      wasLost ||= 'lost' in outcome
      await sleep(secondsBeforeRetry(outcome, retried) * 1_000, request.signal)
      retried += 1
    }
  }
}

/** Sends a copy of the request and reads the whole response, as a connection can also be lost inside the body. */
async function sendOnce(fetch: Fetch, request: Request, timeoutMs: number): Promise<Outcome> {
  request.signal.throwIfAborted()
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)])
  try {
    const response = await fetch(request.clone(), { signal })
    const { status, statusText, headers } = response
    const body = await response.arrayBuffer()
    return { response: new Response(body.byteLength > 0 ? body : null, { status, statusText, headers }) }
  } catch (error) {
    request.signal.throwIfAborted()
    return { lost: error }
  }
}

/** Whether an earlier attempt, whose response was lost, has deleted the record. */
const isDeleted = ({ method }: Request, outcome: Outcome) =>
  method === 'DELETE' && 'response' in outcome && outcome.response.status === 404

/** Whether the service still processes an earlier attempt with the same Idempotency-Key, whose response was lost. */
async function isStillRunning(outcome: Outcome): Promise<boolean> {
  if ('lost' in outcome || outcome.response.status !== 409) return false
  return (await outcome.response.clone().text()).includes('"idempotency_in_progress"')
}

function isWorthRetrying(outcome: Outcome, { longestRetryAfter }: RetryOptions): boolean {
  if ('lost' in outcome) return true
  const { response } = outcome
  return [429, 503].includes(response.status) && (secondsUntilRetry(response) ?? 0) <= longestRetryAfter
}

function secondsBeforeRetry(outcome: Outcome, retried: number): number {
  const backoff = Math.min(8, 0.5 * 2 ** retried) * (0.75 + Math.random() / 2)
  const told = 'response' in outcome ? (secondsUntilRetry(outcome.response) ?? 0) : 0
  // Slightly later than `Retry-After`, so that clients that were rejected together do not retry together.
  return Math.max(backoff, told * (1 + Math.random() / 10))
}

function resultOf(outcome: Outcome): Response {
  if ('response' in outcome) return outcome.response
  throw new ConnectionError('The service did not answer', { cause: outcome.lost })
}
