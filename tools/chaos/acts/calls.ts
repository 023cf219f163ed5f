import { setTimeout as sleep } from 'node:timers/promises'

export interface Answer {
  status: number
  body: unknown
}

/** Somebody who calls until answered, but not for ever. */
export interface Caller {
  /** Whether time is up. */
  isOver(): boolean
  call(url: string, init?: RequestInit): Promise<Answer>
  /** JSON by POST. */
  post(url: string, body: object, headers?: Record<string, string>): Promise<Answer>
}

const patience = 10_000
/** The answer, and whether it says to come back later. */
type Once = Answer & { later: boolean }

/**
 * Calls and repeats as a client may: where there is no connection or no answer, and where the answer says when to come back
 * (503; 409 while another call with the key may run). Any other answer of 500 and above is a bug: it is repeated as well, and `noted`. Throws after `deadline` (a time of the clock).
 */
export function createCaller(deadline: number, noted: (oddity: string) => void): Caller {
  const isOver = () => Date.now() >= deadline
  async function call(url: string, init: RequestInit = {}): Promise<Answer> {
    for (let tries = 0; !isOver(); tries++) {
      const answer = await once(url, init).catch(() => undefined)
      if (answer && answer.status < 500 && !answer.later) return answer
      if (answer && answer.status >= 500 && answer.status !== 503)
        noted(`${new URL(url).pathname} answered ${answer.status}`)
      await sleep(Math.min(250 * 2 ** tries, 2_000))
    }
    throw new Error(`${new URL(url).pathname} was not answered`)
  }
  return {
    isOver,
    call,
    post: (url, body, headers = {}) =>
      call(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
  }
}

async function once(url: string, init: RequestInit): Promise<Once> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patience) })
  const text = await response.text()
  const isJson = response.headers.get('Content-Type')?.includes('json')
  const later = response.headers.has('Retry-After')
  return { status: response.status, body: isJson ? JSON.parse(text) : text, later }
}
