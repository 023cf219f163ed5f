import type { Context } from 'hono'
import { Failure } from '../../../domain/failure/failures.ts'
import type { CallEnv } from '../call-env.ts'
import { longest } from '../deadline.ts'

/** Maximum duration of a turn, in milliseconds: a list whose connection hangs must not block its organization. */
const longestTurn = 5_000

/** Each organization that is reading a list, with the functions that start its waiting reads. */
export type ListTurns = Map<string, (() => void)[]>

/** Returns the state in which no list is being read. */
export const createListTurns = (): ListTurns => new Map()

/** A list of one row costs as much as reading one record. */
function asksForOne(c: Context): boolean {
  const limit = c.req.method === 'GET' ? c.req.query('limit') : c.get('body')?.limit
  return limit === '1' || limit === 1
}

/**
 * Reads one list of an organization at a time in each process, because all organizations share one thread and a few
 * connections (docs/decisions/0013). Lists of one row do not wait. Throws `unavailable` if the wait was too long.
 */
export async function inTurn<T>(turns: ListTurns, c: Context<CallEnv>, read: () => Promise<T>): Promise<T> {
  if (asksForOne(c)) return read()
  const passOn = await turnOf(turns, c.get('caller').organizationId)
  const timer = setTimeout(passOn, longestTurn)
  try {
    return await read()
  } finally {
    clearTimeout(timer)
    passOn()
  }
}

/** Waits for the turn. Returns a function that passes it on; only its first call has an effect. */
async function turnOf(turns: ListTurns, organizationId: string): Promise<() => void> {
  let passed = false
  const passOn = () => {
    if (passed) return
    passed = true
    const next = turns.get(organizationId)?.shift()
    if (next) next()
    else turns.delete(organizationId)
  }
  const waiting = turns.get(organizationId)
  if (!waiting) {
    turns.set(organizationId, [])
    return passOn
  }
  const since = Date.now()
  await new Promise<void>((resolve) => waiting.push(resolve))
  if (Date.now() - since < longest) return passOn
  // This call was refused meanwhile. Reading its list would only delay the calls that are still waiting.
  passOn()
  throw new Failure('unavailable', 'earlier lists of this organization took too long; try again', { retryAfter: 5 })
}
