import type { Caller } from './auth.ts'

/** What every call of every door knows: who calls. */
export interface CallEnv {
  Variables: { caller: Caller }
}
