import type { Context } from 'hono'
import { Failure } from '../../domain/failure/failures.ts'
import type { CallEnv } from './call-env.ts'
import { longest } from './deadline.ts'
import type { ApiDependencies } from '../dependencies.ts'

/**
 * Maximum duration of a turn, in milliseconds: a list whose connection hangs must not block the organization's other
 * lists.
 */
const longestTurn = 5_000

/** The reads of an organization that wait while one of them has the turn, each with what lets it begin. */
type Waiting = (() => void)[]
const waitingOf = new WeakMap<ApiDependencies, Map<string, Waiting>>()

/** A list of one row costs as much as reading one record. */
function asksForOne(c: Context): boolean {
  const limit = c.req.method === 'GET' ? c.req.query('limit') : c.get('body')?.limit
  return limit === '1' || limit === 1
}

/**
 * Reads a list when it is its organization's turn: one at a time in each process. All organizations share one thread
 * and a few connections (docs/decisions/0013). Lists of one row do not wait. Throws `unavailable` if the turn comes
 * too late.
 */
export async function inTurn<T>(d: ApiDependencies, c: Context<CallEnv>, read: () => Promise<T>): Promise<T> {
  if (asksForOne(c)) return read()
  const giveOn = await turnOf(d, c.get('caller').organizationId)
  const timer = setTimeout(giveOn, longestTurn)
  try {
    return await read()
  } finally {
    clearTimeout(timer)
    giveOn()
  }
}

/** Waits for the turn. Returns a function that passes it on, once. */
async function turnOf(d: ApiDependencies, organizationId: string): Promise<() => void> {
  let all = waitingOf.get(d)
  if (!all) waitingOf.set(d, (all = new Map()))
  const organizations = all
  let given = false
  const giveOn = () => {
    if (given) return
    given = true
    const next = organizations.get(organizationId)?.shift()
    if (next) next()
    else organizations.delete(organizationId)
  }
  const waiting = organizations.get(organizationId)
  if (!waiting) {
    organizations.set(organizationId, [])
    return giveOn
  }
  const since = Date.now()
  await new Promise<void>((resolve) => waiting.push(resolve))
  if (Date.now() - since < longest) return giveOn
  // Its caller has already got an error. Reading the list anyway would delay the callers that still wait.
  giveOn()
  throw new Failure('unavailable', 'earlier lists of this organization took too long; try again', { retryAfter: 5 })
}
