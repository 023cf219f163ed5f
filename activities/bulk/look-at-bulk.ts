import type { BulkReference, BulkState } from '../../domain/bulk/bulk.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { isSameTenant, readBulk } from '../../store/bulk/bulks.ts'
import { lookAtBulk as look } from '../../store/bulk/look-at-bulk.ts'

/** Reads the next step of a bulk onboarding. Returns null if its tenant has none with this id. */
export const lookAtBulk =
  ({ database }: ActivityDependencies) =>
  async (reference: BulkReference): Promise<BulkState | null> => {
    const bulk = await readBulk(database, reference.bulkId)
    if (!bulk || !isSameTenant(bulk, reference)) return null
    return (await look(database, reference.bulkId)) ?? null
  }
