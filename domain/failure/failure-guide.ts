import type { FailureCode } from './failures.ts'

/** What an error code means and how a caller resolves it. `internal` is a bug of the service. */
export interface Guidance {
  title: string
  meaning: string
  remedy: string
}

/** One entry per code: the titles of native problems and the page `/docs/errors`. A missing entry does not compile. */
export const failureGuide: Record<FailureCode | 'internal', Guidance> = {
  invalid_request: {
    title: 'Invalid request',
    meaning: 'A field, a header, the path or the query is missing or invalid. Nothing was changed.',
    remedy:
      'Correct every field listed in errors. Then send the request again, with a new Idempotency-Key if it had one.',
  },
  unauthorized: {
    title: 'Not authenticated',
    meaning: 'The request has no API key, or the key is misspelled, revoked or expired.',
    remedy: 'Send a secret key (sk_live_… or sk_test_…) as Authorization: Bearer …, or create a new key.',
  },
  forbidden: {
    title: 'Not allowed',
    meaning:
      'The key is valid but does not permit this call: it is a publishable key, lacks the scope, or belongs ' +
      'to another organization.',
    remedy: 'Use a secret key of this organization with the scope named in detail.',
  },
  not_found: {
    title: 'Not found',
    meaning:
      'The path does not exist, or the organization and environment of this key have no such object. Objects ' +
      'of other organizations return the same error.',
    remedy:
      'Check the path, the id, and whether the key belongs to the environment (live or sandbox) in which the ' +
      'object was created.',
  },
  method_not_allowed: {
    title: 'Method not allowed',
    meaning: 'The path exists but does not support this method. Nothing was changed.',
    remedy: 'Use one of the methods listed in the Allow header.',
  },
  conflict: {
    title: 'Conflicts with the current state',
    meaning:
      'The request conflicts with the current state of the object. The native API returns one of the codes ' +
      'below instead.',
    remedy: 'Read the object again. The message names the conflict.',
  },
  payment_declined: {
    title: 'The payment method was declined',
    meaning:
      'The bank or the gateway declined it. Nothing was charged. The billing customer keeps its status and ' +
      'its payment method.',
    remedy: 'Ask the customer for another payment method, or send the setup link.',
  },
  gone: {
    title: 'No longer available',
    meaning:
      'The setup link has expired or was replaced. Or the customer was deleted: deleted_at, erase_at and erased_at ' +
      'say when, and when its personal data is or was erased.',
    remedy: 'Create a new link: POST /v1/billing_customers/{id}/setup_link. A deleted customer cannot be restored.',
  },
  too_large: {
    title: 'Request too large',
    meaning: 'The body is larger than 1 MB. It was not read.',
    remedy: 'Send a smaller body. The connection is closed; open a new one.',
  },
  unsupported_media_type: {
    title: 'Unsupported body',
    meaning: 'The body is compressed, is not UTF-8, or is not JSON. It was not read.',
    remedy: 'Send JSON in UTF-8 with Content-Type: application/json and without Content-Encoding.',
  },
  too_many_requests: {
    title: 'Too many requests',
    meaning:
      'The key exceeded its calls per minute, its address sent too many invalid keys, or too many payment ' +
      'methods were declined.',
    remedy:
      'Wait for the number of seconds in Retry-After. The RateLimit header of every response shows the ' +
      'remaining quota.',
  },
  idempotency_mismatch: {
    title: 'The Idempotency-Key belongs to another request',
    meaning: 'In the last 24 hours the key was sent with another method, path, query or body. Nothing was changed.',
    remedy: 'Use a new key for each request, and repeat a key only with the same request.',
  },
  idempotency_in_progress: {
    title: 'The first request with this Idempotency-Key is in progress',
    meaning: 'The first request has no response yet. If it was lost in a crash, the key is released after 60 seconds.',
    remedy: 'Send the same request again after Retry-After seconds. You get the first response.',
  },
  unavailable: {
    title: 'Service unavailable',
    meaning: 'The service cannot reach its database or another dependency.',
    remedy:
      'Send the same request again after Retry-After seconds. A POST with an Idempotency-Key is never executed twice.',
  },
  internal: {
    title: 'Internal error',
    meaning: 'A bug in the service. It was logged with the request_id.',
    remedy: 'Retry the request. If it fails again, contact us with the request_id.',
  },
}
