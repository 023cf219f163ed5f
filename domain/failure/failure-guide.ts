import type { ConflictCode, FailureCode } from './failures.ts'

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
    meaning:
      'The request conflicts with the current state of the object. The native API answers one of the codes below instead.',
    remedy: 'Read the object again; the message says what is in the way.',
  },
  payment_declined: {
    title: 'The payment method was declined',
    meaning:
      'The bank or the gateway refused it. Nothing was charged; the billing customer keeps its status and its payment method.',
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
  unsupported_media_type: {
    title: 'Unsupported body',
    meaning: 'The body is compressed, has another charset than UTF-8, or is not JSON. It was not read.',
    remedy: 'Send JSON in UTF-8 with Content-Type: application/json and without Content-Encoding.',
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
    meaning: 'Within 24 hours the key came with another method, path, query or body. Nothing was done.',
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

/** The same for what stands against a request: the codes of native answers with the status 409. */
export const conflictGuide: Record<ConflictCode, Guidance> = {
  external_id_taken: {
    title: 'The external id is taken',
    meaning: 'Another customer of this organization and environment has the external id. existing_id is its id.',
    remedy: 'Use that customer: PATCH /v1/customers/{id} changes it. Or send another external_id.',
  },
  customer_not_deletable: {
    title: 'The customer cannot be deleted',
    meaning: 'It has a billing customer that is active or suspended, a live onboarding, or children.',
    remedy: 'Cancel the onboarding, or move the children, then delete it.',
  },
  parent_cycle: {
    title: 'The parent is below the customer',
    meaning: 'A customer cannot be its own parent, or the child of one below it.',
    remedy: 'Name another parent.',
  },
  no_live_onboarding: {
    title: 'No live onboarding',
    meaning: 'The onboarding has ended, so there is nothing to cancel, retry, extend or change.',
    remedy:
      'Read onboarding.status. POST /v1/billing_customers opens the next onboarding of a pending billing customer.',
  },
  onboarding_closing: {
    title: 'The onboarding is being ended',
    meaning: 'It was canceled, expired or failed, and is being undone (onboarding.closing). This takes seconds.',
    remedy: 'Send the same again after the seconds of Retry-After.',
  },
  billing_customer_pending: {
    title: 'The billing customer is not active yet',
    meaning: 'Only an active billing customer can be suspended, enrolled, or have its payment method replaced.',
    remedy: 'Wait until status is active.',
  },
  billing_customer_suspended: {
    title: 'The billing customer is suspended',
    meaning: 'Nothing is enrolled, charged or replaced while it is suspended.',
    remedy: 'POST /v1/billing_customers/{id}/restore, then send the same again.',
  },
  payment_in_progress: {
    title: 'A payment method is being tried',
    meaning: 'One payment method is tried at a time.',
    remedy: 'Wait until no step of the onboarding is running, then send the same again.',
  },
  payment_submitted: {
    title: 'The customer has submitted a payment method',
    meaning: 'The initial charge is settled with the first submission. param names the field that cannot change now.',
    remedy:
      'Leave the field out. An operator can still change the amount: POST /v1/billing_customers/{id}/initial_amount.',
  },
  already_paid: {
    title: 'The initial charge is paid',
    meaning: 'The initial charge has succeeded, so its amount cannot change.',
    remedy: 'Read the charge: GET /v1/charges.',
  },
  nothing_to_charge: {
    title: 'Nothing is charged here',
    meaning: 'The live onboarding replaces a payment method, which charges nothing.',
    remedy: 'Leave the amount alone.',
  },
  too_many_attempts: {
    title: 'Too many payment methods were declined',
    meaning: 'The setup link has had as many declines as a link may have.',
    remedy: 'Replace the link: POST /v1/billing_customers/{id}/setup_link with replace true.',
  },
  payment_method_used: {
    title: 'The payment method was submitted before',
    meaning: 'It can be used once, and was submitted for another contact.',
    remedy: 'Ask the customer for the payment method again.',
  },
  payment_method_missing: {
    title: 'There is no payment method',
    meaning: 'The billing customer has no payment method to be charged, or none has been entered yet.',
    remedy: 'POST /v1/billing_customers/{id}/payment_method saves one.',
  },
  setup_over: {
    title: 'The setup takes no payment method',
    meaning: 'Nothing was set up, or what was set up has ended or expired.',
    remedy: 'Begin the setup again.',
  },
  gateway_missing: {
    title: 'No gateway is set up for the environment',
    meaning: 'Nobody could pay: no gateway of the organization has an account for the environment of the API key.',
    remedy: 'An operator adds the keys of a gateway (docs/going-live.md). Then ask again.',
  },
  gateway_refused: {
    title: 'The gateway does not accept our account',
    meaning: 'Stripe or PayPal refuses our account. Our operators were told.',
    remedy: 'Use another gateway meanwhile.',
  },
  mapped_customer_not_ours: {
    title: 'The mapped customer is not of this organization',
    meaning:
      'integration_entity_mapping names a customer at the gateway that is not of this organization, or is not there.',
    remedy: 'Change the mapping, or the metadata of the customer at the gateway.',
  },
  settings_mismatch: {
    title: "The organization's settings do not fit the currency",
    meaning:
      "No gateway of the organization takes the customer's currency, or the amount that is set cannot be charged in it.",
    remedy: "Change the settings gateways, initial_amount or paypal_account_country, or the customer's currency.",
  },
  charge_not_resolvable: {
    title: 'The outcome does not fit the charge',
    meaning: 'A charge is resolved where its outcome is unknown, or an operator has to decide about it.',
    remedy: 'Read the status of the charge.',
  },
  api_key_ended: {
    title: 'The API key has ended',
    meaning: 'The key was revoked or has expired, so it cannot be rotated.',
    remedy: 'Create a new key.',
  },
  limit_reached: {
    title: 'A limit is reached',
    meaning:
      'There are as many as there may be: API keys of an organization, or setup links of an onboarding. detail says which.',
    remedy: 'Revoke a key, or cancel the onboarding and open the next one.',
  },
  link_usable: {
    title: 'The setup link can still be used',
    meaning: 'The hosted page asks for a new link only where the old one has expired, or took too many declines.',
    remedy: 'Use the link.',
  },
  first_try_ended: {
    title: 'What the Idempotency-Key made has ended',
    meaning:
      'The answer of the first call with this Idempotency-Key was lost. What it made, a customer or an API key, was ' +
      'deleted or revoked since.',
    remedy: 'To make another one, send the call with a new Idempotency-Key.',
  },
}
