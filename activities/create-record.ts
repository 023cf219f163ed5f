import { Failure } from '../domain/failure/failures.ts'
import { workflowIdOf, type RunInput, type Standing } from '../domain/onboarding/run.ts'
import { claimRecord, type Misfit } from '../store/lifecycle/claim-record.ts'
import { readSettings } from '../store/tenants/settings.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { isStrayOf } from './guard/own-run.ts'
import { standingOf } from '../domain/onboarding/standing.ts'

/**
 * The first step of every run and its gate: makes what is missing of the record and claims the live onboarding.
 * Returns how it stands, null where this run has nothing to do (none is live, or the run is a stray copy), or what is
 * wrong with the ids that a person started it with.
 */
export const createRecord =
  ({ database, settingDefaults }: ActivityDependencies) =>
  async (run: RunInput): Promise<Standing | Misfit | null> => {
    const settings = await readSettings(database, settingDefaults, run)
    const isStray = isStrayOf(workflowIdOf(run))
    const seen = await claimRecord(database, run, settings, isStray).catch(asMisfit)
    if (seen && 'wrong' in seen) return seen
    return seen ? standingOf(seen.facts, seen.next, seen.wait) : null
  }

/** A record that cannot be made anew, as its customer was deleted meanwhile, is no reason to try again. */
function asMisfit(error: unknown): Misfit {
  if (error instanceof Failure) return { wrong: `${error.param ?? 'input'}: ${error.message}` }
  throw error
}
