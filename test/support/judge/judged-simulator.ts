import type { Judged } from '../../../tools/simulators/stripe/judge/judge.ts'
import {
  startStripeSimulator,
  type StripeSimulator,
  type StripeSimulatorOptions,
} from '../../../tools/simulators/stripe/server.ts'
import { independentJudge } from './independent-judge.ts'

const judgements: Judged[] = []
/** Bodies that were already reported to the run. */
let told = 0

/** Starts a Stripe simulator that validates every body. A violation fails the test that caused it. */
export async function startJudgedSimulator(options: StripeSimulatorOptions): Promise<StripeSimulator> {
  const simulator = await startStripeSimulator({ ...options, judge: true, listener: independentJudge() })
  judgements.push(simulator.judged)
  return simulator
}

/** Returns and clears the violations so far, for tests that send invalid requests on purpose. */
export const takeViolations = ({ judged }: StripeSimulator): string[] => judged.violations.splice(0)

/** Returns the number of validated bodies and the violations since the last call. */
export function settle(): { bodies: number; violations: string[] } {
  const bodies = judgements.reduce((sum, judged) => sum + judged.bodies, 0)
  const fresh = bodies - told
  told = bodies
  return { bodies: fresh, violations: judgements.flatMap(({ violations }) => violations.splice(0)) }
}

export function failOn(violations: string[]): void {
  if (violations.length === 0) return
  throw new Error(`Stripe's published types say otherwise:\n${[...new Set(violations)].join('\n')}`)
}
