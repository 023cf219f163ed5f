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

  /** Holds the next call to this path until the test releases it, unlike a delay. */
  async function hold(path: string, method = 'POST'): Promise<HeldCall> {
    const fault = { match: { method, path }, times: 1, fault: 'delay', delay_ms: forever }
    const { id } = (await simulate('faults', fault)).body
    const isLeft = async () => (await simulate('faults')).body.faults.some((left: { id: string }) => left.id === id)
    return {
      reached: () => until(async () => !(await isLeft())).then(() => {}),
      release: () => ask(`${url}/_sim/faults/${id}`, { method: 'DELETE' }).then(() => {}),
    }
  }

  return {
    simulate,
    hold,
    /** Waits until the endpoint has responded to all events so far, including retries. */
    async allDelivered(): Promise<void> {
      await until(async () => (await simulate('webhooks', { event_id: 'none' })).body.left === 0)
    },
    fault: (path: string, fault: string, { method = 'POST', times = 1, ...rest }: FaultDetails = {}) =>
      simulate('faults', { match: { method, path }, times, fault, ...rest }),
    clearFaults: () => ask(`${url}/_sim/faults`, { method: 'DELETE' }),
  }
}
