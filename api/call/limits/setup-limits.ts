/** Window in milliseconds in which calls of an onboarding are counted. */
const window = 10_000

/**
 * Maximum number of calls in this window, per onboarding and process. The page reads a gateway at most twice per second
 * in each tab. Gateways limit the reads of an account, some to 100 per second, and a signal makes the run read, too:
 * without these limits one link could delay all payments.
 */
export const setupLimits = { gatewayReads: 30, signals: 10, approvals: 10 }

/** Returns whether the page of this onboarding may do it now, and counts it. */
export type SetupLimit = (onboardingId: string) => boolean

/** Returns a limit with no calls counted. */
export function createSetupLimit(most: number): SetupLimit {
  const counts = new Map<string, number>()
  let ends = 0
  return (onboardingId) => {
    const now = performance.now()
    if (now >= ends) {
      counts.clear()
      ends = now + window
    }
    const count = (counts.get(onboardingId) ?? 0) + 1
    counts.set(onboardingId, count)
    return count <= most
  }
}
