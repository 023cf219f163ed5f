import type { PageProgress } from '../view/model.ts'
import { linkToken } from './token.ts'

/** Configuration of the page, from the data attributes of its root element. */
export const root = () => document.getElementById('setup')!

export interface Answer {
  status: number
  answer: PageProgress | null
  /** Seconds. */
  retryAfter: number
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Makes one of the page's JSON calls, with the token that the page was opened with. */
export async function call(path: string, name: string, body?: unknown): Promise<Answer> {
  // In a header, because all scripts of the page can read the URLs of calls as resource timing.
  const token = { 'Setup-Token': linkToken() }
  const init =
    body === undefined
      ? { headers: token }
      : { method: 'POST', headers: { ...token, 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`${path}/${name}`, { ...init, cache: 'no-store' })
  const retryAfter = Number(response.headers.get('Retry-After') ?? 5)
  return {
    status: response.status,
    answer: (await response.json().catch(() => null)) as PageProgress | null,
    retryAfter,
  }
}

/** Retries until there is a response: the same token is the same submission. Throws if there is none. */
export async function callUntilAnswered(path: string, name: string, body: unknown): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const result = await call(path, name, body).catch(() => undefined)
    if (result && result.status < 500) return result
    if (tries >= 5) throw new Error('no answer')
    await pause(500 * 2 ** tries)
  }
}
