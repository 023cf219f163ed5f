import type { Logger } from 'pino'
import type { Settings } from '../domain/settings.ts'
import type { Database } from '../store/database.ts'
import { forgetAddresses } from '../store/guard.ts'
import { forgetKeys } from '../store/idempotency-keys.ts'
import { endStalledTransactions } from '../store/stalled-transactions.ts'

const every = 60_000
/** Milliseconds; also how old a transaction may be, like the limit that newer servers have (worker/main.ts). */
const transactionTimeout = 5_000

/** What is done now and then, by every worker: each task is safe to be done by several at once. Answers how to stop it. */
export function startHousekeeping(database: Database, log: Logger, { declineWindow }: Settings): () => void {
  const timer = setInterval(() => {
    Promise.all([forgetAddresses(database, declineWindow), forgetKeys(database)]).catch((error: unknown) =>
      log.warn({ code: (error as { code?: string }).code }, 'housekeeping is tried again in a minute'),
    )
  }, every)
  const watch = setInterval(() => {
    endStalledTransactions(database, transactionTimeout / 1_000).then(
      (ended) => ended > 0 && log.warn({ ended }, 'ended transactions whose process did not go on'),
      () => {}, // the next look comes soon
    )
  }, transactionTimeout)
  return () => {
    clearInterval(timer)
    clearInterval(watch)
  }
}
