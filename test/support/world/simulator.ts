import { ask, saying, type Answer } from '../answer.ts'
import { until } from '../until.ts'

export interface FaultDetails {
  times?: number
  delay_ms?: number
  code?: string
  advice_code?: string
  method?: string
}

/** A call that the gateway has received and does not execute before `release`. */
export interface HeldCall {
  reached(): Promise<void>
  release(): Promise<void>
}

/** Longer than any test. */
const forever = 3_600_000

/** Returns a test's controls of a simulator. */
export function controlsOf(url: string) {
  const simulate = (path: string, body?: object): Promise<Answer> => ask(`${url}/_sim/${path}`, saying(body))

  /** Orders a fault of one call. Returns how to wait until it is applied, and how to remove it. */
  async function once(fault: object): Promise<HeldCall> {
    const { id } = (await simulate('faults', { times: 1, ...fault })).body
    const isLeft = async () => (await simulate('faults')).body.faults.some((left: { id: string }) => left.id === id)
    return {
      reached: () => until(async () => !(await isLeft())).then(() => {}),
      release: () => ask(`${url}/_sim/faults/${id}`, { method: 'DELETE' }).then(() => {}),
    }
  }

  /**
   * Holds the next call to this path until the test releases it, unlike a delay. `about`: an id that the call or its
   * object has.
   */
  const hold = (path: string, method = 'POST', about?: string): Promise<HeldCall> =>
    once({ match: { method, path, about }, fault: 'delay', delay_ms: forever })

  return {
    simulate,
    hold,
    /** Like `hold`, with another fault of the next call about an object, which the simulator does not hold. */
    applied: (path: string, fault: string, about: string): Promise<HeldCall> =>
      once({ match: { method: 'POST', path, about }, fault }),
    /** Waits until the endpoint has responded to all events so far, including retries. */
    async allDelivered(): Promise<void> {
      await until(async () => (await simulate('webhooks', { event_id: 'none' })).body.left === 0)
    },
    fault: (path: string, fault: string, { method = 'POST', times = 1, ...rest }: FaultDetails = {}) =>
      simulate('faults', { match: { method, path }, times, fault, ...rest }),
    clearFaults: () => ask(`${url}/_sim/faults`, { method: 'DELETE' }),
  }
}
