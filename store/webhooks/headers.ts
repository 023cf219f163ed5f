import type { RequestHeaders } from '../../domain/webhooks/headers.ts'
import { SealError, type Sealing } from '../database/sealing.ts'

/** Own headers of an endpoint as they are stored. Null: none. */
export interface SealedHeaders {
  names: string[]
  sealed: Buffer | null
}

/** They are sealed apart from the secrets of the endpoint: neither opens as the other. */
export const headersOwner = (endpointId: string) => `${endpointId}/headers`

export function sealHeaders(sealing: Sealing, endpointId: string, headers: RequestHeaders): SealedHeaders {
  const names = Object.keys(headers)
  const sealed = names.length > 0 ? sealing.seal(headersOwner(endpointId), Buffer.from(JSON.stringify(headers))) : null
  return { names, sealed }
}

/** Decrypts the own headers of an endpoint. Throws a SealError if no key opens them. */
export function openHeaders(sealing: Sealing, endpointId: string, sealed: Uint8Array | null): RequestHeaders {
  if (!sealed) return {}
  return JSON.parse(sealing.open(headersOwner(endpointId), sealed).toString()) as RequestHeaders
}

/** Returns whether an endpoint has these headers. Those that cannot be decrypted are others. */
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
