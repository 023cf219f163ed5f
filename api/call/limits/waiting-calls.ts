/** Maximum number of calls of an organization that wait at the same time in one process. */
const mostOfOrganization = 20

/** Counts the calls that wait for something to happen. */
export interface WaitingCalls {
  /** Takes a place for a call of a group. Returns the function that frees it, or undefined if all are taken. */
  take(group: string): (() => void) | undefined
  /** Runs a call of a group. It may wait unless as many as are allowed already do. */
  run<T>(group: string, call: (mayWait: boolean) => Promise<T>): Promise<T>
}

interface Limits {
  /** Calls of one group: of an organization, unless something else is counted. */
  ofGroup?: number
  /** Calls of all groups. */
  inAll?: number
}

/** Returns the state in which no call waits. */
export function createWaitingCalls({ ofGroup = mostOfOrganization, inAll = Infinity }: Limits = {}): WaitingCalls {
  const waiting = new Map<string, number>()
  let all = 0
  function take(group: string): (() => void) | undefined {
    const count = waiting.get(group) ?? 0
    if (count >= ofGroup || all >= inAll) return undefined
    waiting.set(group, count + 1)
    all++
    return () => {
      all--
      const left = waiting.get(group)! - 1
      if (left > 0) waiting.set(group, left)
      else waiting.delete(group)
    }
  }
  return {
    take,
    async run(group, call) {
      const free = take(group)
      try {
        return await call(free !== undefined)
      } finally {
        free?.()
      }
    },
  }
}
