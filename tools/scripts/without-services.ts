import type { AppDependencies } from '../../api/dependencies.ts'
import { silentLog } from '../../runtime/log.ts'

/** Arguments of `createApp` for an app whose routes and documents are read, and which serves no call. */
export const withoutServices = [
  {
    setupLinkSecrets: [],
    rateLimit: { store: 'memory', perMinute: 1, failuresPerMinute: 1 },
    log: silentLog,
  } as unknown as AppDependencies,
  { database: async () => ({ isUsable: false }), temporal: async () => false },
] as const
