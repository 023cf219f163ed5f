import { until } from './until.ts'

export interface Answer {
  status: number
  headers: Headers
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at answers of every shape
  body: any
}

/** Calls somebody over HTTP; a body of JSON is answered as what it says. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  const json = response.headers.get('Content-Type')?.includes('json')
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
}

/** A POST of this body; a GET where there is none. */
export const saying = (body?: object): RequestInit =>
  body ? { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) } : {}

/** Repeats a call while it is answered 503, as clients do: a service on a busy machine may ask for that. */
export const untilAnswered = (call: () => Promise<Answer>): Promise<Answer> =>
  until(call, ({ status }) => status !== 503)

/** Milliseconds. A 503 that comes sooner is not for want of a turn. */
const leastWait = 2_000

/**
 * Repeats a call that the API gave up after it had waited for its turn: on a busy machine that is what it promises
 * (docs/api.md), and clients ask again. A 503 that comes at once is returned.
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
