/** Milliseconds between two reads of a call, and the number of calls of an organization that read this often. */
const shortestPause = 200
const mostAtThisPace = 20

/** Counts the calls of each organization that read the database again and again until something is true. */
export interface PollingCalls {
  /** Runs a call of an organization. `pause` returns the milliseconds until its next read. */
  run<T>(organizationId: string, call: (pause: () => number) => Promise<T>): Promise<T>
}

/**
 * Returns the state in which no call polls. All calls of an organization together read at most 100 times per second:
 * with more of them, each reads less often, so that they do not occupy the process and its connections.
 */
export function createPollingCalls(): PollingCalls {
  const polling = new Map<string, number>()
  const count = (organizationId: string) => polling.get(organizationId) ?? 0
  return {
    async run(organizationId, call) {
      polling.set(organizationId, count(organizationId) + 1)
      try {
        return await call(() => shortestPause * Math.ceil(count(organizationId) / mostAtThisPace))
      } finally {
        if (count(organizationId) > 1) polling.set(organizationId, count(organizationId) - 1)
        else polling.delete(organizationId)
      }
    },
  }
}
