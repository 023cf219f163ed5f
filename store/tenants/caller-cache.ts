import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds for which an API process caches a key and its organization's settings. */
export const callerMemory = 400

/**
 * Waits until no API process uses cached data from before. Call it after committing a change of a key or of settings
 * and before the response: the change is then effective everywhere (docs/decisions/0010).
 */
export const forgottenEverywhere = (): Promise<void> => sleep(callerMemory + 20)
