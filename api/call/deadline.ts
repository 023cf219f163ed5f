import type { Context, MiddlewareHandler } from 'hono'
import { Failure } from '../../domain/failure/failures.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Tells that the work goes on: the request may take as long again. */
    extendDeadline: () => void
  }
}

/** How long a request may hear nothing of the database before we ask whether it is there; milliseconds. */
const patience = 2_200
/** How long a request may wait for its turn at a database that is there. */
export const longest = 15_000

/**
 * Returns how long a call may take, in milliseconds: its wait for the database, and one call to a gateway that takes
 * all of its time-out (GATEWAY_TIMEOUT_MS).
 */
export const longestCall = (gatewayTimeout: number): number => longest + gatewayTimeout

const away = () => new Failure('unavailable', 'the service cannot reach its database; try again', { retryAfter: 5 })

interface Databases {
  databaseAnswers: () => Promise<boolean>
}

/**
 * Does the work of a request; throws `unavailable` when it stands still: a frozen database must not hold its callers.
 * In a burst a request may wait longer than that for its turn: where the database answers others, it goes on.
 */
export async function withinDeadline<T>(
  { databaseAnswers }: Databases,
  c: Context,
  work: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let [began, done] = [Date.now(), false]
  const tooLate = new Promise<never>((_, reject) => {
    const lookAgain = async () => {
      if (Date.now() - began > longest || !(await databaseAnswers())) reject(away())
      else if (!done) arm()
    }
    const arm = () => {
      clearTimeout(timer)
      timer = setTimeout(() => void lookAgain(), patience)
    }
    c.set('extendDeadline', () => {
      began = Date.now()
      if (!done) arm()
    })
    arm()
  })
  try {
    return await Promise.race([work(), tooLate])
  } finally {
    done = true
    clearTimeout(timer)
  }
}

/** The same for all that comes after it. */
export const deadline =
  (d: Databases): MiddlewareHandler =>
  (c, next) =>
    withinDeadline(d, c, next)
