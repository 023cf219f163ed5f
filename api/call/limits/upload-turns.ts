import type { Tenant } from '../../../domain/reference.ts'
import { Failure } from '../../../domain/failure/failures.ts'
import { createSlots, type Slots } from '../../../domain/slots.ts'

/** Concurrent uploads in one API process. Each keeps the external ids of its rows in memory. */
const mostAtOnce = 10
/**
 * Uploads of which a part is being read: it occupies the thread that all calls share. An upload that waits for its
 * client is not one of them, so that a few slow clients do not block all others.
 */
const mostReading = 2

/** The uploads of one API process. */
export interface UploadTurns {
  /** Their organizations and environments. */
  tenants: Set<string>
  reading: Slots
}

/** Returns the state before the first upload. */
export const createUploadTurns = (): UploadTurns => ({ tenants: new Set(), reading: createSlots(mostReading) })

/**
 * Runs an upload of an organization. Throws `too_many_requests` if it is uploading another file in this environment, or
 * if too many organizations are uploading.
 */
export async function inUploadTurn<T>(
  { tenants }: UploadTurns,
  { organizationId, environment }: Tenant,
  work: () => Promise<T>,
): Promise<T> {
  const turn = `${organizationId}/${environment}`
  if (tenants.has(turn))
    throw new Failure('too_many_requests', 'another upload of this organization is running', { retryAfter: 5 })
  if (tenants.size >= mostAtOnce)
    throw new Failure('too_many_requests', 'too many uploads are running; retry later', { retryAfter: 5 })
  tenants.add(turn)
  try {
    return await work()
  } finally {
    tenants.delete(turn)
  }
}
