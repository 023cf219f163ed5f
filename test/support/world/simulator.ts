import { ask, saying, type Answer } from '../answer.ts'

export interface FaultDetails {
  times?: number
  delay_ms?: number
  code?: string
  advice_code?: string
  method?: string
}

/** What a test says to a simulator beside the vendor's API. */
export function controlsOf(url: string) {
  const simulate = (path: string, body?: object): Promise<Answer> => ask(`${url}/_sim/${path}`, saying(body))
  return {
    simulate,
    fault: (path: string, fault: string, { method = 'POST', times = 1, ...rest }: FaultDetails = {}) =>
      simulate('faults', { match: { method, path }, times, fault, ...rest }),
    clearFaults: () => ask(`${url}/_sim/faults`, { method: 'DELETE' }),
  }
}
