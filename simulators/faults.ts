/** What can be made to go wrong with a call; see docs/simulators.md. */
export const faultNames = [
  'lose_request',
  'lose_answer',
  'error_before',
  'error_after',
  'delay',
  'reset',
  'decline',
  'key_in_use',
  'rate_limit',
  'unauthorized',
] as const
export type FaultName = (typeof faultNames)[number]

export interface Fault {
  match: { method: string; path: string }
  times: number
  fault: FaultName
  delay_ms?: number | undefined
  code?: string | undefined
}

/** Faults in the order in which they were asked for; each is used up after its number of times. */
export class Faults {
  private list: Fault[] = []

  add(fault: Fault): void {
    this.list.push({ ...fault })
  }

  clear(): void {
    this.list = []
  }

  /** Takes the first fault that fits the call. */
  take(method: string, path: string): Fault | undefined {
    const found = this.list.find((fault) => fault.times > 0 && fits(fault.match, method, path))
    if (found) found.times--
    return found
  }
}

function fits(match: Fault['match'], method: string, path: string): boolean {
  if (match.method.toUpperCase() !== method) return false
  const [wanted, given] = [match.path.split('/'), path.split('/')]
  return wanted.length === given.length && wanted.every((segment, i) => segment === '*' || segment === given[i])
}
