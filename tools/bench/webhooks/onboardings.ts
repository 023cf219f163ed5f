import { cpuOf } from '../measure.ts'
import { measureCase } from '../flow/measure-case.ts'
import type { BenchServers } from '../servers.ts'

interface Onboardings {
  servers: BenchServers
  /** The process that delivers. */
  deliverer: number
  receiverUrl: string
  rounds: number
  say: (line: string) => void
}

const total = 640

/**
 * Returns for each round the CPU time of an onboarding in milliseconds, in all processes: without an endpoint, and with
 * one that gets all of its events. The deliveries of the case's warm-up are counted, too.
 */
export async function compareOnboardings({ servers, deliverer, receiverUrl, rounds, say }: Onboardings) {
  const measure = async (url: string) => {
    const before = cpuOf(deliverer)
    const [result] = await measureCase(servers, 'ours', { runs: [`${total}x32`], receiverUrl: url })
    const { app, temporal, postgres } = result!.cpu
    return app + temporal + postgres + (cpuOf(deliverer) - before) / total
  }
  const results: { without: number; withOne: number }[] = []
  for (let round = 1; round <= rounds; round++) {
    // The order alternates against drift.
    const first = round % 2 === 1 ? '' : receiverUrl
    const one = await measure(first)
    const other = await measure(first ? '' : receiverUrl)
    const result = first ? { without: other, withOne: one } : { without: one, withOne: other }
    say(
      `round ${round}: ${result.without.toFixed(1)} CPU-ms without an endpoint, ${result.withOne.toFixed(1)} with one`,
    )
    results.push(result)
  }
  return results
}
