import type { PaymentGateway } from '../../gateways/gateway.ts'
import type { Listed, ListedPage, ListedTransaction } from '../../gateways/listed.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { findObjectsOfTransactions, storeTransactionId } from '../../store/charges/transaction-ids.ts'

/** How many transactions the gateway is asked about at the same time. */
const atOnce = 5

/**
 * Returns what a page lists, with payment objects in place of transactions. A transaction that no row has yet is read
 * at the gateway and stored, but for payments that do not name us. One of ours without an object keeps its own id, so
 * that it is reported. Throws the gateway's errors.
 */
export async function nameObjects(
  d: ActivityDependencies,
  gateway: PaymentGateway,
  page: ListedPage['listed'],
): Promise<Listed[]> {
  const transactions = page.filter((one) => 'transactionId' in one)
  if (transactions.length === 0) return page.filter((one) => 'objectId' in one)
  const ids = transactions.map(({ transactionId }) => transactionId)
  const objects = await findObjectsOfTransactions(d.database, gateway.accountId, ids)
  const unknown = transactions.filter((one) => !objects.has(one.transactionId) && isWorthReading(one))
  const toRead = [...new Set(unknown.map(({ transactionId }) => transactionId))]
  for (let first = 0; first < toRead.length; first += atOnce)
    await Promise.all(toRead.slice(first, first + atOnce).map((id) => readObject(d, gateway, id, objects)))
  return page.flatMap((one): Listed[] => {
    if ('objectId' in one) return [one]
    const objectId = objects.get(one.transactionId) ?? (isOurPayment(one) ? one.transactionId : undefined)
    return objectId === undefined ? [] : [{ ...one, objectId }]
  })
}

const isOurPayment = (one: ListedTransaction) => one.kind === 'payment' && one.ours

/** A refund or dispute does not say whose its payment is. */
const isWorthReading = (one: ListedTransaction) => one.kind !== 'payment' || one.ours

async function readObject(
  d: ActivityDependencies,
  gateway: PaymentGateway,
  transactionId: string,
  objects: Map<string, string>,
): Promise<void> {
  const objectId = await gateway.objectOfTransaction!(transactionId)
  if (objectId === null) return
  objects.set(transactionId, objectId)
  await storeTransactionId(d.database, { accountId: gateway.accountId, objectId, transactionId })
}
