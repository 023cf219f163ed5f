import type { Caller } from './auth.ts'

/** What every call of every door knows: who calls, and the id of the call. */
export interface CallEnv {
  Variables: { caller: Caller; requestId: string }
}
