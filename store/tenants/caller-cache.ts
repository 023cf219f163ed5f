import { setTimeout as sleep } from 'node:timers/promises'

/** How long an API process goes by what it read of a key and its organization's settings, milliseconds. */
export const callerMemory = 400

/**
 * Waits until no API process goes by what it read before. Call it between the commit of a change of a key or of settings and
 * the answer: whoever was told of the change then meets it everywhere (docs/decisions/0010).
 */
export const forgottenEverywhere = (): Promise<void> => sleep(callerMemory + 20)
