import type { Tenant } from '../../domain/reference.ts'
import { toEmail } from '../../domain/text/email.ts'
import type { ListedCustomer, PaymentGateway } from '../../gateways/gateway.ts'
import { ownershipOf } from '../../payments/customers/verify-ownership.ts'
import { matchEmails } from '../../store/customers/customers-by-email.ts'
import type { Database } from '../../store/database/database.ts'
import type { Candidate } from './match-customers.ts'

/** Returns a page of listed customers with what our records say about each. `idKey` is the key of external ids. */
export async function readCandidates(
  database: Database,
  gateway: PaymentGateway,
  tenant: Tenant,
  { customers, idKey }: { customers: ListedCustomer[]; idKey: string },
): Promise<Candidate[]> {
  const emailOf = ({ email }: ListedCustomer) => (email === null ? undefined : toEmail(email))
  const emails = [...new Set(customers.flatMap((customer) => emailOf(customer) ?? []))]
  const found = new Map((await matchEmails(database, tenant, emails)).map((match) => [match.email, match]))
  const candidate = async (customer: ListedCustomer): Promise<Candidate> => {
    const match = found.get(emailOf(customer) ?? '')
    const { id, methodId, unsupported, metadata } = customer
    return {
      id,
      methodId,
      unsupported,
      isOwned: (await ownershipOf(database, gateway, tenant, customer)) !== 'foreign',
      externalId: Object.hasOwn(metadata, idKey) ? metadata[idKey] : undefined,
      email: match?.folded ?? null,
      contacts: match?.contacts ?? [],
    }
  }
  return Promise.all(customers.map(candidate))
}
