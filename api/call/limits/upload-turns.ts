import type { Tenant } from '../../../domain/reference.ts'
import { Failure } from '../../../domain/failure/failures.ts'

/** Concurrent uploads in one API process. Reading a file occupies the thread that all calls share. */
const mostAtOnce = 2

/** The organizations and environments whose files are being uploaded. */
export type UploadTurns = Set<string>

/** Returns the state before the first upload. */
export const createUploadTurns = (): UploadTurns => new Set()

/**
 * Runs an upload of an organization. Throws `too_many_requests` if it is uploading another file in this environment, or
 * if too many organizations are uploading.
 */
export async function inUploadTurn<T>(
  turns: UploadTurns,
  { organizationId, environment }: Tenant,
  work: () => Promise<T>,
): Promise<T> {
  const turn = `${organizationId}/${environment}`
  if (turns.has(turn))
    throw new Failure('too_many_requests', 'another upload of this organization is running', { retryAfter: 5 })
  if (turns.size >= mostAtOnce)
    throw new Failure('too_many_requests', 'too many uploads are running; retry later', { retryAfter: 5 })
  turns.add(turn)
  try {
    return await work()
  } finally {
    turns.delete(turn)
  }
}
