import { setTimeout as sleep } from 'node:timers/promises'
import { callerLifetime } from '../../api/call/auth.ts'

/** Waits until no API process uses a key or a setting that it read before. */
export const callersExpired = (): Promise<void> => sleep(callerLifetime + 20)
