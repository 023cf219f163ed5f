import type { BulkReference } from '../../domain/bulk/bulk.ts'
import { Failure } from '../../domain/failure/failures.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { isSameTenant, readBulk } from '../../store/bulk/bulks.ts'
import { applyBulkCommand as apply, type BulkCommand } from '../../store/bulk/transitions.ts'

/** Applies the command of an operator in Temporal UI. Returns `done`, or why it is not possible. */
export const applyBulkCommand =
  ({ database }: ActivityDependencies) =>
  async (reference: BulkReference, command: BulkCommand): Promise<string> => {
    const bulk = await readBulk(database, reference.bulkId)
    if (!bulk || !isSameTenant(bulk, reference)) return 'unknown'
    try {
      await apply(database, reference, command, { actor: 'operator' })
      return 'done'
    } catch (error) {
      if (error instanceof Failure && error.code === 'conflict') return error.message
      throw error
    }
  }
