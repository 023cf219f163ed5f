import type { Logger } from 'pino'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { releaseMethods } from '../../payments/methods/release-methods.ts'
import { repeatEvery } from '../repeat.ts'

interface Dependencies extends ActivityDependencies {
  log: Logger
  /** Milliseconds between polls. */
  every?: number
}

/** Detaches saved methods of closed billing customers, and those that a caller removed. */
export function startMethodReleases({ every = 1_000, log, ...d }: Dependencies): { stop(): Promise<void> } {
  return repeatEvery(
    every,
    () => releaseMethods(d),
    (error) => log.warn({ code: (error as { code?: string }).code }, 'saved methods could not be detached; retrying'),
  )
}
