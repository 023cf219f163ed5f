import type { Database } from './database.ts'
import { underLock } from './lock.ts'
import { lowerWake } from './wake.ts'

/** Asks for the run's attention. Under the lock: a look of the run that began before would write a later time over it. */
export const wakeUnderLock = (database: Database, billingCustomerId: string, onboardingId: string): Promise<boolean> =>
  underLock(database, billingCustomerId, (sql) => lowerWake(sql, onboardingId))
