import type { Caller } from './auth.ts'

/** The context of every call at every door: its caller and its id. */
export interface CallEnv {
  Variables: { caller: Caller; requestId: string }
}
