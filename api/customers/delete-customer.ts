import { Failure } from '../../domain/failure/failures.ts'
import { customerIdIn } from '../../domain/text/ids.ts'
import { deleteCustomer, hastenErasure, readDeletion } from '../../store/erasure/delete-customer.ts'
import { eraseRecords } from '../../store/erasure/erase-records.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { requireCustomer } from './require-customer.ts'

/**
 * Deletes a customer of the caller, by id or external id. With a delay of 0 days its personal data here is erased
 * before this returns; a worker does the rest. A repeat with the id changes nothing, except that the erasure is not
 * later than the setting says now. Throws as `deleteCustomer`.
 */
export async function deleteCustomerOf(d: ApiDependencies, caller: Caller, name: string): Promise<void> {
  const { erasureDelay: eraseAfter } = caller.settings
  let id = customerIdIn(name)
  try {
    id = (await requireCustomer(d, caller, name)).id
    await deleteCustomer(d.database, caller, id, { by: caller.id, eraseAfter })
  } catch (error) {
    // Deleted before, or by another call at the same time.
    if (!isNotFound(error) || !(await readDeletion(d.database, caller, id))) throw error
    await hastenErasure(d.database, caller, id, eraseAfter)
  }
  if (eraseAfter === 0) await eraseRecords(d.database, id)
}

const isNotFound = (error: unknown) => error instanceof Failure && error.code === 'not_found'

/**
 * Returns a handler for `not_found` that throws `gone`, with the times of the deletion, if `name` is the id of a
 * deleted customer of the caller. It rethrows any other error.
 */
export const withDeletion =
  (d: ApiDependencies, caller: Caller, name: string) =>
  async (error: unknown): Promise<never> => {
    const deletion = isNotFound(error) && (await readDeletion(d.database, caller, customerIdIn(name)))
    throw deletion ? new Failure('gone', messageOf(deletion.erasedAt), { deletion, cause: error }) : error
  }

const messageOf = (erasedAt: Date | null): string =>
  erasedAt
    ? 'This customer was deleted, and its personal data was erased.'
    : 'This customer was deleted, and its personal data will be erased.'
