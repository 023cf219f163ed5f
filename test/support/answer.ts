import { until } from './until.ts'

export interface Answer {
  status: number
  headers: Headers
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read responses of every shape
  body: any
}

/** Makes an HTTP request. A JSON body is parsed. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  // The response to HEAD has the type and no body.
  const json = text !== '' && response.headers.get('Content-Type')?.includes('json')
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
}

/** Returns the options for a POST of this body, or a GET without a body. */
export const saying = (body?: object): RequestInit =>
  body ? { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) } : {}

/** Retries a call while it returns 503, as clients do. A service on a busy machine may return 503. */
export const untilAnswered = (call: () => Promise<Answer>): Promise<Answer> =>
  until(call, ({ status }) => status !== 503)

/** Milliseconds. An earlier 503 was not caused by waiting for a turn. */
const leastWait = 2_000

/**
 * Retries a call that the API rejected after it had waited for its turn, which is documented behavior under load
 * (docs/api.md). Returns an immediate 503.
 */
export async function untilServed(call: () => Promise<Answer>): Promise<Answer> {
  const timed = async () => {
    const began = performance.now()
    const answer = await call()
    return { answer, waited: performance.now() - began }
  }
  const isServed = ({ answer, waited }: Awaited<ReturnType<typeof timed>>) =>
    answer.status !== 503 || waited < leastWait
  return (await until(timed, isServed)).answer
}
