/** Why an attempt failed. Codes only: an address or the message of a library could describe our network to a tenant. */
export const tryErrors = [
  'timeout',
  'dns',
  'refused',
  'reset',
  'tls',
  'address',
  'redirect',
  'status',
  'bad_response',
] as const
export type TryError = (typeof tryErrors)[number]

/** One delivery attempt. */
export interface TryRequest {
  url: string
  eventId: string
  /** The time of the attempt, from PostgreSQL: receivers reject requests whose time differs from theirs too much. */
  at: Date
  /** The exact text that is signed and sent. */
  body: string
  /** The decoded keys, newest first. Each makes one signature. */
  secrets: readonly Uint8Array[]
  /** Fixed headers of the endpoint. They never replace our own. */
  headers?: Readonly<Record<string, string>>
}

export interface TryResult {
  /** The HTTP status; null if there was no response. */
  status: number | null
  /** Null for a status from 200 to 299. */
  error: TryError | null
  /** The start of the body of a failure, at most 1,024 characters that PostgreSQL can store, without our secrets. */
  response: string | null
  /** Seconds from a Retry-After of 429 or 503, at most an hour; null if it was missing or invalid. */
  retryAfter: number | null
  /** Milliseconds. */
  took: number
}

/** Makes one attempt. Never throws because of the receiver's behavior: receivers/post.ts. */
export type Post = (request: TryRequest) => Promise<TryResult>
