import { Failure } from '../../domain/failure/failures.ts'
import { findContact } from '../../store/customers/contacts.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'

/** Returns an error handler that adds the id of the customer which has the external id. */
export const withExistingId =
  (d: ApiDependencies, caller: Caller, externalId: string | null | undefined) =>
  async (error: unknown): Promise<never> => {
    if (!(error instanceof Failure) || error.conflict !== 'external_id_taken' || externalId == null) throw error
    const id = await findContact(d.database, caller, externalId)
    // The customer was deleted in the meantime, so the external id is free again.
    if (!id) throw error
    throw error.with({ message: `is taken by ${id}`, existingId: id })
  }
