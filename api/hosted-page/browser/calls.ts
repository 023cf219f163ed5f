import type { PageProgress } from '../view/model.ts'
import { linkToken } from './token.ts'

/** What the page shows and does is configured in the data attributes of its root. */
export const root = () => document.getElementById('setup')!

export interface Answer {
  status: number
  answer: PageProgress | null
  /** Seconds. */
  retryAfter: number
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** One of the page's own JSON calls, made with the token that the page was opened with. */
export async function call(path: string, name: string, body?: unknown): Promise<Answer> {
  // In a header: addresses of calls can be read by all scripts of the page, as resource timing.
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

/** Sends until it is answered: the same token again is the same submission. Throws where no answer comes. */
export async function callUntilAnswered(path: string, name: string, body: unknown): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const result = await call(path, name, body).catch(() => undefined)
    if (result && result.status < 500) return result
    if (tries >= 5) throw new Error('no answer')
    await pause(500 * 2 ** tries)
  }
}
