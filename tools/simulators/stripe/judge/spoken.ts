// What the simulator speaks, in the words of the vendor's published types: TypeScript expressions over `Stripe`.

const reads = (name: string) => `Stripe.${name}RetrieveParams`
const testToken = "NonNullable<Parameters<Stripe['testHelpers']['confirmationTokens']['create']>[0]>"
// Stripe.js makes these, whose own calls are not published: as the published call for tests, but with digits of a card.
const browserToken = `Omit<${testToken}, 'payment_method' | 'payment_method_data'> & {
  payment_method_data?: Pick<Stripe.PaymentMethodCreateParams, 'type' | 'billing_details' | 'allow_redisplay'> & {
    card?: Partial<Stripe.PaymentMethodCreateParams.Card>
  }
}`
const list = (name: string) => `Stripe.ApiList<Stripe.${name}>`

/** Of each call what it takes and what it answers with 200. */
export const spokenCalls: Record<string, { request: string; answer: string }> = {
  'POST /v1/customers': { request: 'Stripe.CustomerCreateParams', answer: 'Stripe.Customer' },
  'GET /v1/customers/:id': { request: reads('Customer'), answer: 'Stripe.Customer | Stripe.DeletedCustomer' },
  'DELETE /v1/customers/:id': { request: 'Stripe.CustomerDeleteParams', answer: 'Stripe.DeletedCustomer' },
  'POST /v1/confirmation_tokens': { request: browserToken, answer: 'Stripe.ConfirmationToken' },
  'POST /v1/test_helpers/confirmation_tokens': {
    request: testToken,
    answer: 'Stripe.ConfirmationToken',
  },
  'GET /v1/confirmation_tokens/:id': { request: reads('ConfirmationToken'), answer: 'Stripe.ConfirmationToken' },
  'POST /v1/payment_intents': { request: 'Stripe.PaymentIntentCreateParams', answer: 'Stripe.PaymentIntent' },
  'GET /v1/payment_intents': { request: 'Stripe.PaymentIntentListParams', answer: list('PaymentIntent') },
  'GET /v1/payment_intents/:id': { request: reads('PaymentIntent'), answer: 'Stripe.PaymentIntent' },
  'POST /v1/payment_intents/:id/confirm': {
    request: 'Stripe.PaymentIntentConfirmParams',
    answer: 'Stripe.PaymentIntent',
  },
  'POST /v1/payment_intents/:id/cancel': {
    request: 'Stripe.PaymentIntentCancelParams',
    answer: 'Stripe.PaymentIntent',
  },
  'POST /v1/setup_intents': { request: 'Stripe.SetupIntentCreateParams', answer: 'Stripe.SetupIntent' },
  'GET /v1/setup_intents/:id': { request: reads('SetupIntent'), answer: 'Stripe.SetupIntent' },
  'POST /v1/setup_intents/:id': { request: 'Stripe.SetupIntentUpdateParams', answer: 'Stripe.SetupIntent' },
  'POST /v1/setup_intents/:id/confirm': { request: 'Stripe.SetupIntentConfirmParams', answer: 'Stripe.SetupIntent' },
  'POST /v1/setup_intents/:id/cancel': { request: 'Stripe.SetupIntentCancelParams', answer: 'Stripe.SetupIntent' },
  'GET /v1/setup_attempts': { request: 'Stripe.SetupAttemptListParams', answer: list('SetupAttempt') },
  'GET /v1/payment_methods/:id': { request: reads('PaymentMethod'), answer: 'Stripe.PaymentMethod' },
  'POST /v1/payment_methods/:id/attach': {
    request: 'Stripe.PaymentMethodAttachParams',
    answer: 'Stripe.PaymentMethod',
  },
  'POST /v1/payment_methods/:id/detach': {
    request: 'Stripe.PaymentMethodDetachParams',
    answer: 'Stripe.PaymentMethod',
  },
  'GET /v1/charges': { request: 'Stripe.ChargeListParams', answer: list('Charge') },
  'POST /v1/refunds': { request: 'Stripe.RefundCreateParams', answer: 'Stripe.Refund' },
  'GET /v1/refunds/:id': { request: reads('Refund'), answer: 'Stripe.Refund' },
  'GET /v1/refunds': { request: 'Stripe.RefundListParams', answer: list('Refund') },
}

/** Every answer that is not 200: the published type of a kept error is that of an answered one. */
export const spokenError = '{ error: Stripe.PaymentIntent.LastPaymentError }'

/** The events that are sent. */
export const spokenEvents = [
  'payment_intent.created',
  'payment_intent.processing',
  'payment_intent.succeeded',
  'payment_intent.requires_action',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'setup_intent.created',
  'setup_intent.succeeded',
  'setup_intent.requires_action',
  'setup_intent.setup_failed',
  'setup_intent.canceled',
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.automatically_updated',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'customer.deleted',
  'charge.dispute.created',
  'charge.succeeded',
  'charge.failed',
  'charge.refunded',
]
export const eventType = (type: string) => `Extract<Stripe.Event, { type: '${type}' }>`

/** The vendor's objects, by their `object`, that may appear whole; any other only by its id. */
export const spokenObjects = [
  'confirmation_token',
  'charge',
  'customer',
  'dispute',
  'event',
  'payment_intent',
  'payment_method',
  'refund',
  'setup_attempt',
  'setup_intent',
]

/** Every type that bodies are judged by. */
export const spokenTypes = [
  ...new Set([
    ...Object.values(spokenCalls).flatMap(({ request, answer }) => [request, answer]),
    spokenError,
    ...spokenEvents.map(eventType),
  ]),
]
