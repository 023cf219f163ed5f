/** Window in milliseconds in which reads of an onboarding are counted, and the limit. */
const window = 10_000
const most = 30

const reads = new Map<string, number>()
let ends = 0

/**
 * Counts a read at a gateway for a call of the page. Returns whether it is allowed: at most 30 in 10 seconds per
 * onboarding and process. The page makes 2 per second. Gateways limit the reads of an account, some to 100 per second,
 * so without this limit one link could delay all payments.
 */
export function mayReadGateway(onboardingId: string): boolean {
  const now = performance.now()
  if (now >= ends) {
    reads.clear()
    ends = now + window
  }
  const count = (reads.get(onboardingId) ?? 0) + 1
  reads.set(onboardingId, count)
  return count <= most
}
