import type { FailureCode } from './failures.ts'

/** What a code means and what its reader can do; `internal` is a bug on our side. */
export interface Guidance {
  title: string
  meaning: string
  remedy: string
}

/** One entry for each code: the titles of native problems, and the page `/docs/errors`. A missing one does not compile. */
export const failureGuide: Record<FailureCode | 'internal', Guidance> = {
  invalid_request: {
    title: 'The request is not right',
    meaning: 'A field, a header, the path or the query is missing or wrong. Nothing was done.',
    remedy: 'Mend every field that errors names, then send it again, with a new Idempotency-Key if it had one.',
  },
  unauthorized: {
    title: 'Not authenticated',
    meaning: 'There is no API key in the request, or it is not valid: misspelled, revoked or expired.',
    remedy: 'Send a secret key (sk_live_… or sk_test_…) as Authorization: Bearer …, or get a new one.',
  },
  forbidden: {
    title: 'Not allowed',
    meaning:
      'The key is valid, and may not do this: it is a publishable key, lacks the scope, or names another organization.',
    remedy: 'Use a secret key of this organization that has the scope which detail names.',
  },
  not_found: {
    title: 'Not found',
    meaning:
      'There is no such path, or no such object in the organization and environment of this key. Objects of others answer the same.',
    remedy:
      'Look at the path, the id, and whether the key is of the environment (live or sandbox) in which the object was made.',
  },
  method_not_allowed: {
    title: 'Method not allowed',
    meaning: 'The path is right, and is not called by this method. Nothing was done.',
    remedy: 'Use one of the methods that the header Allow names.',
  },
  conflict: {
    title: 'Not possible as things stand',
    meaning: 'The request is well-formed, and does not fit the present state, or something else has the name already.',
    remedy: 'Read the object again; detail says what is in the way. Sending the same once more does not help.',
  },
  payment_declined: {
    title: 'The payment method was declined',
    meaning: 'The bank or the gateway refused it. Nothing was charged; the billing customer stays pending.',
    remedy: 'Ask the customer for another payment method, or give out the setup link.',
  },
  gone: {
    title: 'No longer there',
    meaning: 'The setup link has expired or was replaced.',
    remedy: 'Give out a new one: POST /v1/billing_customers/{id}/setup_link.',
  },
  too_large: {
    title: 'Too large',
    meaning: 'The body has more than 1 MB. It was not read.',
    remedy: 'Send less. The connection is closed; open another one.',
  },
  too_many_requests: {
    title: 'Too many requests',
    meaning:
      'This key made more calls in a minute than it may, its address sent too many wrong keys, or too many payment ' +
      'methods were declined.',
    remedy: 'Wait for the seconds of Retry-After. The header RateLimit tells at every answer what is left.',
  },
  idempotency_mismatch: {
    title: 'The Idempotency-Key belongs to another request',
    meaning: 'Within 24 hours the key came with another method, path or body. Nothing was done.',
    remedy: 'Use a key of its own for each request; repeat one only with the same body.',
  },
  idempotency_in_progress: {
    title: 'The first request with this Idempotency-Key still runs',
    meaning: 'Its answer is not there yet. If it was lost in a crash, the key is free again after 60 seconds.',
    remedy: 'Send the same again after the seconds of Retry-After; you get the first answer.',
  },
  unavailable: {
    title: 'Not available now',
    meaning: 'The service cannot reach its database, or something it needs is away.',
    remedy: 'Send the same again after the seconds of Retry-After. A POST with an Idempotency-Key is never done twice.',
  },
  internal: {
    title: 'Internal error',
    meaning: 'A bug on our side. It was reported under the request_id.',
    remedy: 'A repeat may succeed. Tell us the request_id if it does not.',
  },
}
