import { notFound } from '../../domain/failure/failures.ts'
import { customerIdIn, otherThanCustomer } from '../../domain/text/ids.ts'
import { findContact } from '../../store/customers/contacts.ts'
import { readCustomer, type Customer } from '../../store/customers/customers.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'

/**
 * Returns a customer of the caller, by its id in the form of any door or by a current or former external id. Throws
 * `not_found`, whose message names the type of the object if the id is that of another one.
 */
export async function requireCustomer(d: ApiDependencies, caller: Caller, name: string): Promise<Customer> {
  const id = await findContact(d.database, caller, name)
  const found = id && (await readCustomer(d.database, caller, id))
  return found || unknown(name)
}

/** Returns a customer of the caller by its id only, for doors that have another call for external ids. */
export const requireCustomerById = async (d: ApiDependencies, caller: Caller, id: string): Promise<Customer> =>
  (await readCustomer(d.database, caller, customerIdIn(id))) ?? unknown(id)

function unknown(name: string): never {
  const other = otherThanCustomer(name)
  throw notFound(other ? `This is the id of ${other}. Customer` : 'Customer')
}
