import { Failure } from '../domain/failure/failures.ts'
import type { RunInput, RunState } from '../domain/onboarding/run.ts'
import { claimRecord, type Misfit } from '../store/lifecycle/claim-record.ts'
import { readSettings } from '../store/tenants/settings.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { ownWorkflowId } from './guard/own-run.ts'
import { runStateOf } from '../domain/onboarding/run-state.ts'

/**
 * The first step of every run: creates missing parts of the record and claims the live onboarding. Returns its state;
 * null if this run has nothing to do (no onboarding is live, or its run has another workflow id than this one); or why
 * its ids are invalid.
 */
export const createRecord =
  ({ database, settingDefaults, links }: ActivityDependencies) =>
  async (run: RunInput): Promise<RunState | Misfit | null> => {
    const settings = await readSettings(database, settingDefaults, run)
    const seen = await claimRecord(database, run, settings, ownWorkflowId()).catch(asMisfit)
    if (seen && 'wrong' in seen) return seen
    return seen ? { ...runStateOf(seen.facts, seen.next, seen.wait), ...(links ? { links } : {}) } : null
  }

/** A record that cannot be created again, because its customer was deleted, is not worth a retry. */
function asMisfit(error: unknown): Misfit {
  if (error instanceof Failure) return { wrong: `${error.param ?? 'input'}: ${error.message}` }
  throw error
}
