/** Window in milliseconds in which reads of an onboarding are counted, and the limit. */
const window = 10_000
const most = 30

/** Returns whether the page of this onboarding may read a gateway now, and counts the read. */
export type MayReadGateway = (onboardingId: string) => boolean

/**
 * Returns a counter of the reads at gateways for calls of the page: it allows 30 in 10 seconds per onboarding and
 * process. The page makes 2 per second. Gateways limit the reads of an account, some to 100 per second, so without this
 * limit one link could delay all payments.
 */
export function createGatewayReadLimit(): MayReadGateway {
  const reads = new Map<string, number>()
  let ends = 0
  return (onboardingId) => {
    const now = performance.now()
    if (now >= ends) {
      reads.clear()
      ends = now + window
    }
    const count = (reads.get(onboardingId) ?? 0) + 1
    reads.set(onboardingId, count)
    return count <= most
  }
}
