import type { Database } from '../../store/database/database.ts'
import { createDocumentPace, type DocumentPace } from './limits/document-pace.ts'
import { createCallerCache, type CallerCache } from './auth.ts'
import { createFailureCounter, type CountFailure } from './limits/failing-calls.ts'
import { createSetupLimit, setupLimits, type SetupLimit } from './limits/setup-limits.ts'
import { createListTurns, type ListTurns } from './limits/list-turns.ts'
import { createWaitingCalls, type WaitingCalls } from './limits/waiting-calls.ts'
import { createPollingCalls, type PollingCalls } from './limits/polling-calls.ts'
import { createUploadTurns, type UploadTurns } from './limits/upload-turns.ts'
import { createKeyLimiter, type KeyLimiter, type RateLimit } from './limits/rate-limit.ts'

/** State that all requests to one app share, in memory or in the database, depending on `rateLimit.store`. */
export interface CallState {
  callers: CallerCache
  keyLimiter: KeyLimiter
  countFailure: CountFailure
  listTurns: ListTurns
  /** As for lists, for reading histories in Temporal. */
  historyTurns: ListTurns
  /** What the page of one onboarding may cause: reads at a gateway, signals to its run, and new approvals. */
  mayReadGateway: SetupLimit
  maySignalRun: SetupLimit
  mayOpenApproval: SetupLimit
  documentPace: DocumentPace
  uploadTurns: UploadTurns
  waitingCalls: WaitingCalls
  pollingCalls: PollingCalls
  /** Whether the log has the warning that TRUSTED_PROXIES is empty. */
  proxyWarning: { logged: boolean }
}

/** Returns the initial state of an app. */
export const createCallState = (database: Database, rateLimit: RateLimit): CallState => ({
  callers: createCallerCache(),
  keyLimiter: createKeyLimiter(database, rateLimit),
  countFailure: createFailureCounter(database, rateLimit),
  listTurns: createListTurns(),
  historyTurns: createListTurns(),
  mayReadGateway: createSetupLimit(setupLimits.gatewayReads),
  maySignalRun: createSetupLimit(setupLimits.signals),
  mayOpenApproval: createSetupLimit(setupLimits.approvals),
  documentPace: createDocumentPace(),
  uploadTurns: createUploadTurns(),
  waitingCalls: createWaitingCalls(),
  pollingCalls: createPollingCalls(),
  proxyWarning: { logged: false },
})
