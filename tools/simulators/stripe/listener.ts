/** A received request. */
export interface HeardRequest {
  method: string
  path: string
  /** The parsed form: the query of a GET, otherwise the body. */
  form: string
  authorization: string
  userAgent: string
}

/** Observers that are called with each request and each response. */
export interface Listener {
  request(heard: HeardRequest): void
  answer(heard: HeardRequest, status: number, body: unknown): void
}
