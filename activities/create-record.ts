import type { RunInput, Standing } from '../domain/run.ts'
import { claimRecord } from '../store/claim-record.ts'
import { readSettings } from '../store/settings.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { standingOf } from './standing.ts'

/**
 * The first step of every run and its gate: makes what is missing of the record and claims the live onboarding.
 * Answers how it stands, or null where none is live and this run has nothing to do.
 */
export const createRecord =
  ({ database, settingDefaults }: ActivityDependencies) =>
  async (run: RunInput): Promise<Standing | null> => {
    const settings = await readSettings(database, settingDefaults, run.organizationId, run.environment)
    const seen = await claimRecord(database, run, settings)
    return seen ? standingOf(seen.facts, seen.next, seen.wait) : null
  }
