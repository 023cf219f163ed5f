import type { Logger } from 'pino'
import type { Settings } from '../domain/settings.ts'
import type { Database } from '../store/database.ts'
import { forgetAddresses } from '../store/guard.ts'
import { forgetKeys } from '../store/idempotency-keys.ts'

const every = 60_000

/** What is done now and then, by every worker: each task is safe to be done by several at once. Answers how to stop it. */
export function startHousekeeping(database: Database, log: Logger, { declineWindow }: Settings): () => void {
  const timer = setInterval(() => {
    Promise.all([forgetAddresses(database, declineWindow), forgetKeys(database)]).catch((error: unknown) =>
      log.warn({ code: (error as { code?: string }).code }, 'housekeeping is tried again in a minute'),
    )
  }, every)
  return () => clearInterval(timer)
}
