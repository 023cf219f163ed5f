import createFetchClient from 'openapi-fetch'
import type { paths } from './api-types.ts'
import type { BillingClient, Method } from './calls.ts'
import { errorOf } from './errors.ts'
import { listWith } from './list.ts'
import { retryingFetch, type RetryOptions } from './retrying-fetch.ts'
import { waitForActiveWith } from './wait-for-active.ts'

export interface ClientOptions {
  /** Address of the service, such as `https://billing.example.com`. */
  baseUrl: string
  /** A secret key, `sk_…`. Keep it on the server. */
  apiKey: string
  /** How often a call is repeated after 429, 503 or a lost connection; 4 by default. */
  retries?: number | undefined
  /** Milliseconds that one attempt may take; 30,000 by default. */
  timeoutMs?: number | undefined
  /** A call whose `Retry-After` is longer than this many seconds is not repeated; 60 by default. */
  longestRetryAfter?: number | undefined
  /** In place of the global `fetch`, for a proxy or for tests. */
  fetch?: typeof globalThis.fetch | undefined
}

/** The part of the options of all calls that is read here. */
interface AnyOptions {
  headers?: Record<string, string>
  idempotencyKey?: string
}

/**
 * Returns a client of the native API. Each call returns the body of the response, or throws `ApiError` or
 * `ConnectionError`. Throws a TypeError if `baseUrl` is not a URL or `apiKey` cannot be a key.
 */
export function createBillingClient(options: ClientOptions): BillingClient {
  const { baseUrl } = options
  const apiKey = readKey(options.apiKey)
  // In a browser, a path is relative to the page.
  const { location } = globalThis as { location?: { href: string } }
  if (!URL.canParse(baseUrl, location?.href))
    throw new TypeError('baseUrl must be a URL, such as https://billing.example.com')
  // `fetch` rejects such a URL with an error that repeats the password.
  const { username, password } = new URL(baseUrl, location?.href)
  if (username || password) throw new TypeError('baseUrl must not contain a user or a password')
  // Called without an object: the global `fetch` of browsers and edge runtimes rejects any other `this`.
  const { fetch = (request: Request, init?: RequestInit) => globalThis.fetch(request, init) } = options
  const fetcher = createFetchClient<paths>({
    baseUrl,
    headers: { Authorization: `Bearer ${apiKey}` },
    // A text is a file, such as CSV, whose type the caller gives as Content-Type.
    bodySerializer: (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body)),
    fetch: retryingFetch(fetch, retryOptionsOf(options)),
  })

  async function call(method: Method, path: string, { idempotencyKey, headers, ...rest }: AnyOptions = {}) {
    const key = method === 'post' ? { 'Idempotency-Key': idempotencyKey ?? crypto.randomUUID() } : {}
    // The types of the calls are those of BillingClient.
    const request = fetcher.request as (...all: unknown[]) => Promise<{ data?: unknown }>
    const { data } = await request(method, path, {
      ...rest,
      headers: { ...key, ...headers },
      middleware: [{ onResponse: throwError }],
    })
    return data
  }
  const of = (method: Method) => (path: string, given?: object) => call(method, path, given)
  const calls = { get: of('get'), post: of('post'), patch: of('patch'), delete: of('delete') } as unknown as Pick<
    BillingClient,
    Method
  >
  return { ...calls, list: listWith(calls.get), waitForActive: waitForActiveWith(calls.get) }
}

/** Returns the key without surrounding whitespace. The error of `fetch` about an invalid header would contain it. */
function readKey(text: string): string {
  const key = typeof text === 'string' ? text.trim() : ''
  if (!/^[\x21-\x7e]+$/.test(key)) throw new TypeError('apiKey must be a secret key, such as sk_live_…')
  return key
}

function retryOptionsOf({ retries = 4, timeoutMs = 30_000, longestRetryAfter = 60 }: ClientOptions): RetryOptions {
  return { retries, timeoutMs, longestRetryAfter }
}

async function throwError({ response }: { response: Response }): Promise<void> {
  if (!response.ok) throw errorOf(response, await response.text())
}
