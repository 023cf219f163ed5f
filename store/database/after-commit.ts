/** What is due after the commit of a transaction, by its handle. */
const due = new WeakMap<object, (() => void)[]>()

/** Calls `work` after the commit of this transaction, and never if it is rolled back. `work` must not throw. */
export function afterCommit(transaction: object, work: () => void): void {
  const list = due.get(transaction)
  if (list) list.push(work)
  else work()
}

/** Runs `work` in a transaction that can use `afterCommit`. `begin` opens it, and resolves after its commit. */
export async function beginWithAfterCommit<Transaction extends object, T>(
  begin: (work: (transaction: Transaction) => Promise<T>) => Promise<unknown>,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const list: (() => void)[] = []
  const result = await begin((transaction) => {
    due.set(transaction, list)
    return work(transaction)
  })
  for (const each of list) each()
  return result as T
}
