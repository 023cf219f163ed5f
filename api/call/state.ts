import type { Database } from '../../store/database/database.ts'
import { createDocumentPace, type DocumentPace } from './limits/document-pace.ts'
import { createCallerCache, type CallerCache } from './auth.ts'
import { createFailureCounter, type CountFailure } from './limits/failing-calls.ts'
import { createGatewayReadLimit, type MayReadGateway } from './limits/gateway-reads.ts'
import { createListTurns, type ListTurns } from './limits/list-turns.ts'
import { createWaitingCalls, type WaitingCalls } from './limits/waiting-calls.ts'
import { createUploadTurns, type UploadTurns } from './limits/upload-turns.ts'
import { createKeyLimiter, type KeyLimiter, type RateLimit } from './limits/rate-limit.ts'

/** State that all requests to one app share, in memory or in the database, depending on `rateLimit.store`. */
export interface CallState {
  callers: CallerCache
  keyLimiter: KeyLimiter
  countFailure: CountFailure
  listTurns: ListTurns
  mayReadGateway: MayReadGateway
  documentPace: DocumentPace
  uploadTurns: UploadTurns
  waitingCalls: WaitingCalls
  /** Whether the log has the warning that TRUSTED_PROXIES is empty. */
  proxyWarning: { logged: boolean }
}

/** Returns the initial state of an app. */
export const createCallState = (database: Database, rateLimit: RateLimit): CallState => ({
  callers: createCallerCache(),
  keyLimiter: createKeyLimiter(database, rateLimit),
  countFailure: createFailureCounter(database, rateLimit),
  listTurns: createListTurns(),
  mayReadGateway: createGatewayReadLimit(),
  documentPace: createDocumentPace(),
  uploadTurns: createUploadTurns(),
  waitingCalls: createWaitingCalls(),
  proxyWarning: { logged: false },
})
