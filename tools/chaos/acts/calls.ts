import { setTimeout as sleep } from 'node:timers/promises'

export interface Answer {
  status: number
  body: unknown
}

/** A client that retries until it gets a response or the deadline passes. */
export interface Caller {
  /** Returns whether the deadline has passed. */
  isOver(): boolean
  call(url: string, init?: RequestInit): Promise<Answer>
  /** JSON by POST. */
  post(url: string, body: object, headers?: Record<string, string>): Promise<Answer>
}

/** Longer than a call may wait for the database (15 s) and then for the result of its payment (10 s). */
const timeout = 30_000
/** The outcome of a call that asks to retry later. */
export const retryLater = '503 with Retry-After'
/** A response, and whether it asks to retry later. */
type Once = Answer & { later: boolean }

/**
 * Creates a client that retries without a response, on 503, and on a 409 with `Retry-After`. Other 5xx responses are
 * bugs: they are retried too, and reported to `noted`. Calls throw after `deadline`, in milliseconds since the epoch.
 * Each try is reported to `heard` with its outcome: a status, or why there was no response.
 */
export function createCaller(
  deadline: number,
  noted: (oddity: string) => void,
  heard: (url: URL, outcome: string) => void = () => {},
): Caller {
  const isOver = () => Date.now() >= deadline
  async function call(url: string, init: RequestInit = {}): Promise<Answer> {
    for (let tries = 0; !isOver(); tries++) {
      const answer = await once(url, init).catch((error: unknown) => {
        heard(new URL(url), failureOf(error))
        return undefined
      })
      if (answer) heard(new URL(url), outcomeOf(answer))
      if (answer && answer.status < 500 && !answer.later) return answer
      if (answer && answer.status >= 500 && answer.status !== 503)
        noted(`${new URL(url).pathname} returned ${answer.status}`)
      await sleep(Math.min(250 * 2 ** tries, 2_000))
    }
    throw new Error(`${new URL(url).pathname} got no response`)
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

const outcomeOf = ({ status, later }: Once) => (status === 503 && later ? retryLater : String(status))

/** A failure of `fetch`, which has its reason as its cause. */
function failureOf(error: unknown): string {
  const { name, cause } = error as { name: string; cause?: { code?: string; message?: string } }
  return name === 'AbortError' ? `no response in ${timeout / 1_000} s` : (cause?.code ?? cause?.message ?? name)
}

async function once(url: string, init: RequestInit): Promise<Once> {
  // Not `AbortSignal.timeout`, which can be collected before its time: then a call without a response never ends.
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), timeout)
  try {
    const response = await fetch(url, { ...init, signal: abort.signal })
    const text = await response.text()
    const isJson = response.headers.get('Content-Type')?.includes('json')
    const later = response.headers.has('Retry-After')
    return { status: response.status, body: isJson ? JSON.parse(text) : text, later }
  } finally {
    clearTimeout(timer)
  }
}
