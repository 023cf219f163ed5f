import type { ServerResponse } from 'node:http'
import type { Context } from 'hono'
import { createSlots } from '../../domain/slots.ts'
import type { Span } from '../../traces/tracing.ts'

/** What a call that may wait finds in `c.env`, and how it says that it waits. */
export interface HeldEnv {
  /** Absent where no server is, as in tests. */
  outgoing?: ServerResponse
  /** Since when the call has been held, in milliseconds; absent in its first pass. */
  heldSince?: number
  /** Set by a handler that must wait: its response is dropped, and the call runs again when this resolves. */
  wait?: Promise<void>
  /** The span of the call, from its first pass on. */
  span?: Span | undefined
}

/** Returns how a call is held. Tests call apps without an environment. */
export const heldOf = (c: Context): HeldEnv => (c.env as HeldEnv | undefined) ?? {}

type Fetch = (request: Request, env: object) => Response | Promise<Response>

/** Calls that run again at the same time: one look for changes can end the wait of all. */
const mostAtOnce = 256

/**
 * Returns a `fetch` that lets calls wait. While one waits, none of what runs it is in memory: the suspended functions
 * of an app with a dozen middlewares take more than its connection (docs/decisions/0039).
 */
export function holdingCalls(fetch: Fetch): Fetch {
  const slots = createSlots(mostAtOnce)
  const pass = async (request: Request, held: HeldEnv) => {
    const response = await fetch(request, held)
    // Dropped here, so that it is not in memory during the wait either.
    return held.wait ? undefined : response
  }
  return async (request, env) => {
    const began = Date.now()
    let held: HeldEnv = { ...env }
    let response = await pass(request, held)
    while (!response) {
      await held.wait
      const again: HeldEnv = { ...env, heldSince: began, span: held.span }
      response = await slots.use(async () => pass(request, again))
      held = again
    }
    return response
  }
}
