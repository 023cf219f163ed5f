import type { RequestHeaders } from '../../domain/webhooks/headers.ts'
import { SealError, type Sealing } from '../database/sealing.ts'

/** The stored headers of an endpoint; null if it has none. */
export interface SealedHeaders {
  names: string[]
  sealed: Buffer | null
}

/** The associated data differs from that of the secrets, so neither can be decrypted as the other. */
export const headersOwner = (endpointId: string) => `${endpointId}/headers`

export function sealHeaders(sealing: Sealing, endpointId: string, headers: RequestHeaders): SealedHeaders {
  const names = Object.keys(headers)
  const sealed = names.length > 0 ? sealing.seal(headersOwner(endpointId), Buffer.from(JSON.stringify(headers))) : null
  return { names, sealed }
}

/** Decrypts the headers of an endpoint. Throws a SealError if no key decrypts them. */
export function openHeaders(sealing: Sealing, endpointId: string, sealed: Uint8Array | null): RequestHeaders {
  if (!sealed) return {}
  return JSON.parse(sealing.open(headersOwner(endpointId), sealed).toString()) as RequestHeaders
}

/** Returns whether an endpoint has exactly these headers; false if the stored ones cannot be decrypted. */
export function hasHeaders(
  sealing: Sealing,
  endpointId: string,
  sealed: Uint8Array | null,
  headers: RequestHeaders,
): boolean {
  try {
    return JSON.stringify(openHeaders(sealing, endpointId, sealed)) === JSON.stringify(headers)
  } catch (error) {
    if (error instanceof SealError) return false
    throw error
  }
}
