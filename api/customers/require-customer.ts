import { notFound } from '../../domain/failure/failures.ts'
import { customerIdIn, otherThanCustomer } from '../../domain/text/ids.ts'
import { findContact } from '../../store/customers/contacts.ts'
import { readCustomer, type Customer } from '../../store/customers/customers.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'

/**
 * A customer of the caller, by our id in any spelling or by its external id, also a former one. Throws `not_found`;
 * where the text is the id of something else, the message says of what.
 */
export async function requireCustomer(d: ApiDependencies, caller: Caller, name: string): Promise<Customer> {
  const id = await findContact(d.database, caller, name)
  const found = id && (await readCustomer(d.database, caller, id))
  return found || unknown(name)
}

/** The same by our id alone, for doors whose documents name customers by external id elsewhere. */
export const requireCustomerById = async (d: ApiDependencies, caller: Caller, id: string): Promise<Customer> =>
  (await readCustomer(d.database, caller, customerIdIn(id))) ?? unknown(id)

function unknown(name: string): never {
  const other = otherThanCustomer(name)
  throw notFound(other ? `This is the id of ${other}. Customer` : 'Customer')
}
