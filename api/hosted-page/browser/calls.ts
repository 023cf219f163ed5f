import type { PageProgress } from '../view/model.ts'
import { page } from './page-data.ts'
import { say } from './show.ts'
import { linkToken } from './link/token.ts'

export interface Answer {
  status: number
  answer: PageProgress | null
  /** Seconds. */
  retryAfter: number
}

/** Resolves after some milliseconds, or as soon as the browser is online again. */
export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
    addEventListener('online', () => resolve(), { once: true })
  })

/** Makes one of the page's JSON calls, with the token that the page was opened with. */
export async function call(name: string, body?: unknown, path = page.path, signal?: AbortSignal): Promise<Answer> {
  // In a header, because all scripts of the page can read the URLs of calls as resource timing.
  const token = { 'Setup-Token': linkToken() }
  const init =
    body === undefined
      ? { headers: token }
      : { method: 'POST', headers: { ...token, 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`${path}/${name}`, { ...init, cache: 'no-store', ...(signal ? { signal } : {}) })
  const retryAfter = Number(response.headers.get('Retry-After') ?? 5)
  return {
    status: response.status,
    answer: (await response.json().catch(() => null)) as PageProgress | null,
    retryAfter,
  }
}

/**
 * Whether the service itself answered. What a firewall, a proxy or the login page of a network returns does not say
 * whether the call arrived.
 */
function isOwn({ status, answer }: Answer): boolean {
  const { steps, error } = Object(answer) as { steps?: unknown; error?: { code?: unknown } }
  return status < 500 && (Array.isArray(steps) || typeof error?.code === 'string')
}

/** Milliseconds between two attempts, at most. */
const longestPause = 15_000

/**
 * Retries until the service responds, however long that takes: money may have moved, so the customer must not be told
 * that it failed. The same token is the same submission.
 */
export async function callUntilAnswered(name: string, body: unknown): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const result = await call(name, body).catch(() => undefined)
    if (result && isOwn(result)) return result
    say(navigator.onLine ? page.words.status.unknown : page.words.status.offline)
    await pause(Math.min(500 * 2 ** tries, longestPause))
  }
}
