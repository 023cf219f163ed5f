import type { Client, ClientPathsWithMethod, ParamsOption, RequestBodyOption } from 'openapi-fetch'
import type { BillingCustomer, paths } from './api-types.ts'

// The types of the calls, all derived from the OpenAPI document.

export type Method = 'get' | 'post' | 'patch' | 'delete'
type Fetcher = Client<paths>
export type PathWith<M extends Method> = ClientPathsWithMethod<Fetcher, M>

interface CommonOptions {
  headers?: Record<string, string> | undefined
  /** Ends the call, its retries included. The call rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}
interface PostOptions extends CommonOptions {
  /** Sent as `Idempotency-Key`; a random key by default. Give one to repeat the call from another process. */
  idempotencyKey?: string | undefined
}
export type CallOptions<M extends Method, P extends PathWith<M>> = ParamsOption<paths[P][M]> &
  RequestBodyOption<paths[P][M]> &
  (M extends 'post' ? PostOptions : CommonOptions)

type BodyOf<Response> = Response extends { content: infer Content } ? Content[keyof Content] : undefined

/** The body of a successful response. `MethodResponse` of openapi-fetch would leave out fields that are always null. */
export type Answer<M extends Method, P extends PathWith<M>> = paths[P][M] extends { responses: infer Responses }
  ? BodyOf<Responses[keyof Responses]>
  : never

type Arguments<Options> = Record<never, never> extends Options ? [options?: Options] : [options: Options]
type Call<M extends Method> = <P extends PathWith<M>>(
  path: P,
  ...options: Arguments<CallOptions<M, P>>
) => Promise<Answer<M, P>>

/** Paths whose GET returns a page of a list. */
export type ListPath = {
  [P in PathWith<'get'>]: Answer<'get', P> extends { data: unknown[]; has_more: boolean } ? P : never
}[PathWith<'get'>]
/** One record of a list. */
export type Item<P extends ListPath> = Answer<'get', P> extends { data: (infer One)[] } ? One : never

export interface WaitOptions {
  /** Ends the wait, which rejects with its reason: `AbortSignal.timeout(60_000)` waits for a minute at most. */
  signal?: AbortSignal | undefined
  /** Called with each state that was read. */
  onPoll?: ((billingCustomer: BillingCustomer) => void) | undefined
}

export interface BillingClient {
  /** Calls the API and returns the body of the response. Throws `ApiError` or `ConnectionError`. */
  get: Call<'get'>
  /** As `get`. All attempts of a call have the same `Idempotency-Key`. */
  post: Call<'post'>
  patch: Call<'patch'>
  delete: Call<'delete'>
  /** Iterates over all records of a list, newest first, and fetches each page when it is reached. */
  list: <P extends ListPath>(path: P, ...options: Arguments<CallOptions<'get', P>>) => AsyncGenerator<Item<P>, void>
  /**
   * Polls a billing customer until its onboarding has ended, and returns it once it is active. Throws
   * `NotActiveError` if the onboarding expired, was canceled or failed.
   */
  waitForActive: (id: string, options?: WaitOptions) => Promise<BillingCustomer>
}
