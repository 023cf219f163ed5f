import type { MiddlewareHandler } from 'hono'
import { Failure } from '../domain/failures.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Tells that the database has answered: the request may go on for as long again. */
    extendDeadline: () => void
  }
}

/** How long a request may hear nothing of the database, in milliseconds. */
const patience = 2_500

const away = () => new Failure('unavailable', 'the service cannot reach its database; try again', { retryAfter: 5 })

/** Answers 503 when the work of a request stands still: a frozen database must not hold its callers. */
export const deadline: MiddlewareHandler = async (c, next) => {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    c.set('extendDeadline', () => {
      clearTimeout(timer)
      timer = setTimeout(() => reject(away()), patience)
    })
  })
  c.get('extendDeadline')()
  try {
    await Promise.race([next(), tooLate])
  } finally {
    clearTimeout(timer)
  }
}
