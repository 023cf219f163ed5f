import { Failure } from '../../domain/failure/failures.ts'
import { findContact } from '../../store/customers/contacts.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'

/** Rethrows a refusal of an external id that is taken with the id of the customer that has it. */
export const namingWhoHas =
  (d: ApiDependencies, caller: Caller, externalId: string | null | undefined) =>
  async (error: unknown): Promise<never> => {
    if (!(error instanceof Failure) || error.conflict !== 'external_id_taken' || externalId == null) throw error
    const id = await findContact(d.database, caller, externalId)
    // Deleted meanwhile: the external id is free again.
    if (!id) throw error
    throw error.with({ message: `is taken by ${id}`, existingId: id })
  }
