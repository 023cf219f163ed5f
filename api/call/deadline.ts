import type { Context, MiddlewareHandler } from 'hono'
import { Failure } from '../../domain/failure/failures.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Restarts the deadline of the request, because its work makes progress. */
    extendDeadline: () => void
  }
}

/** Milliseconds after which a waiting request checks whether the database responds. */
const checkAfter = 2_200
/** Maximum wait of a request for a database that responds, in milliseconds. */
export const longest = 15_000

/**
 * Returns the maximum duration of a call in milliseconds: its wait for the database, and one call to a gateway that
 * uses its whole timeout (GATEWAY_TIMEOUT_MS).
 */
export const longestCall = (gatewayTimeout: number): number => longest + gatewayTimeout

const away = () => new Failure('unavailable', 'the service cannot reach its database; try again', { retryAfter: 5 })

interface Databases {
  databaseAnswers: () => Promise<boolean>
}

/**
 * Runs the work of a request. Throws `unavailable` if the database does not respond, so that a frozen database does not
 * block callers. While the database responds to others, as in a burst, the request continues to wait.
 */
async function withinDeadline<T>({ databaseAnswers }: Databases, c: Context, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let [began, done] = [Date.now(), false]
  const tooLate = new Promise<never>((_, reject) => {
    const check = async () => {
      if (Date.now() - began > longest || !(await databaseAnswers())) reject(away())
      else if (!done) arm()
    }
    const arm = () => {
      clearTimeout(timer)
      timer = setTimeout(() => void check(), checkAfter)
    }
    const restart = () => {
      began = Date.now()
      if (!done) arm()
    }
    c.set('extendDeadline', restart)
    arm()
  })
  try {
    return await Promise.race([work(), tooLate])
  } finally {
    done = true
    clearTimeout(timer)
  }
}

/** Returns a middleware that applies the deadline to everything after it. */
export const deadline =
  (d: Databases): MiddlewareHandler =>
  (c, next) =>
    withinDeadline(d, c, next)
