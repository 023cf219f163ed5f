import type { Context } from 'hono'
import type { CallEnv } from './call-env.ts'
import type { ApiDependencies } from './dependencies.ts'

/** Lists of one organization that a process reads at the same time. */
const most = 1

/** The lists of an organization that are being read, and what lets the next ones begin. */
interface Turns {
  reading: number
  waiting: (() => void)[]
}
const turnsOf = new WeakMap<ApiDependencies, Map<string, Turns>>()

/** A list of one row costs what reading one record does. */
function asksForOne(c: Context): boolean {
  const limit = c.req.method === 'GET' ? c.req.query('limit') : c.get('body')?.limit
  return String(limit) === '1'
}

/**
 * Reads a list when it is its organization's turn. All organizations share one thread and a few connections; without turns one that
 * reads many lists at once would keep the others waiting for all of them (docs/performance.md). Lists of one row do not wait.
 */
export async function inTurn<T>(d: ApiDependencies, c: Context<CallEnv>, read: () => Promise<T>): Promise<T> {
  if (asksForOne(c)) return read()
  const { organizationId } = c.get('caller')
  let all = turnsOf.get(d)
  if (!all) turnsOf.set(d, (all = new Map()))
  const turns = all.get(organizationId) ?? { reading: 0, waiting: [] }
  all.set(organizationId, turns)
  if (turns.reading < most) turns.reading++
  else await new Promise<void>((resolve) => turns.waiting.push(resolve))
  try {
    return await read()
  } finally {
    const next = turns.waiting.shift()
    if (next) next()
    else if (--turns.reading === 0) all.delete(organizationId)
  }
}
