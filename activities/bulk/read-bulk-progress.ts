import type { BulkReference, BulkState } from '../../domain/bulk/bulk.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { isSameTenant, readBulk } from '../../store/bulk/bulks.ts'
import { readBulkForRun } from '../../store/bulk/read-for-run.ts'

/** Reads what the run of a bulk onboarding does next. Returns null if its tenant has none with this id. */
export const readBulkProgress =
  ({ database }: ActivityDependencies) =>
  async (reference: BulkReference): Promise<BulkState | null> => {
    const bulk = await readBulk(database, reference.bulkId)
    if (!bulk || !isSameTenant(bulk, reference)) return null
    return (await readBulkForRun(database, reference.bulkId)) ?? null
  }
