/** Maximum number of calls of an organization that wait at the same time in one process. */
const mostOfOrganization = 20

/** Counts the calls that wait for something to happen. */
export interface WaitingCalls {
  /** Runs a call of an organization. It may wait unless as many as are allowed already do. */
  run<T>(organizationId: string, call: (mayWait: boolean) => Promise<T>): Promise<T>
}

/** Returns the state in which no call waits. */
export function createWaitingCalls(): WaitingCalls {
  const waiting = new Map<string, number>()
  return {
    async run(organizationId, call) {
      const count = waiting.get(organizationId) ?? 0
      if (count >= mostOfOrganization) return call(false)
      waiting.set(organizationId, count + 1)
      try {
        return await call(true)
      } finally {
        const left = waiting.get(organizationId)! - 1
        if (left > 0) waiting.set(organizationId, left)
        else waiting.delete(organizationId)
      }
    },
  }
}
