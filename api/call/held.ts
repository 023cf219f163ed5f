import type { ServerResponse } from 'node:http'
import type { Context } from 'hono'

/** What a call that may wait finds in `c.env`, and how it says that it waits. */
export interface HeldEnv {
  /** Absent where no server is, as in tests. */
  outgoing?: ServerResponse
  /** Since when the call has been held, in milliseconds; absent in its first pass. */
  heldSince?: number
  /** Set by a handler that must wait: its response is dropped, and the call runs again when this resolves. */
  wait?: Promise<void>
}

/** Returns how a call is held. Tests call apps without an environment. */
export const heldOf = (c: Context): HeldEnv => (c.env as HeldEnv | undefined) ?? {}

type Fetch = (request: Request, env: object) => Response | Promise<Response>

/**
 * Returns a `fetch` that lets calls wait. While one waits, none of what runs it is in memory: the suspended functions
 * of an app with a dozen middlewares take more than its connection (docs/decisions/0039).
 */
export const holdingCalls =
  (fetch: Fetch): Fetch =>
  async (request, env) => {
    const began = Date.now()
    let response: Response
    for (let held: HeldEnv = { ...env }; ; held = { ...env, heldSince: began }) {
      response = await fetch(request, held)
      if (!held.wait) return response
      await held.wait
    }
  }
