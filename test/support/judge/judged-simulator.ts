import type { Judged } from '../../../tools/simulators/stripe/judge/judge.ts'
import {
  startStripeSimulator,
  type StripeSimulator,
  type StripeSimulatorOptions,
} from '../../../tools/simulators/stripe/server.ts'
import { independentJudge } from './independent-judge.ts'

const judgements: Judged[] = []
/** Of these was the run told already. */
let told = 0

/** A Stripe simulator of which every body is judged: what the vendor would not say or take fails the test that caused it. */
export async function startJudgedSimulator(options: StripeSimulatorOptions): Promise<StripeSimulator> {
  const simulator = await startStripeSimulator({ ...options, judge: true, listener: independentJudge() })
  judgements.push(simulator.judged)
  return simulator
}

/** Takes the violations so far, for tests that send wrong things on purpose: these do not fail. */
export const takeViolations = ({ judged }: StripeSimulator): string[] => judged.violations.splice(0)

/** What was judged since the last time, and what was found wrong. */
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
