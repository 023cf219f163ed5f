/** Milliseconds in which the reads of an onboarding are counted, and how many there may be. */
const window = 10_000
const most = 30

const reads = new Map<string, number>()
let ends = 0

/**
 * Counts a read at a gateway that a call of the page asks for. Returns whether it may be made: at most 30 in 10 seconds
 * for one onboarding and process. The page makes 2 in a second. Gateways limit the reads of an account, some to 100 in
 * a second, so that one link could hold up the payments of everybody.
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
