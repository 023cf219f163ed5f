// The types that the simulator uses, as TypeScript expressions over the vendor's published `Stripe` types.

const reads = (name: string) => `Stripe.${name}RetrieveParams`
const testToken = "NonNullable<Parameters<Stripe['testHelpers']['confirmationTokens']['create']>[0]>"
// Stripe.js creates these by unpublished calls. The type is that of the published test helper, plus card digits.
const browserToken = `Omit<${testToken}, 'payment_method' | 'payment_method_data'> & {
  payment_method_data?: Pick<Stripe.PaymentMethodCreateParams, 'type' | 'billing_details' | 'allow_redisplay'> & {
    card?: Partial<Stripe.PaymentMethodCreateParams.Card> | { token: string; wallet: string }
  }
}`
const list = (name: string) => `Stripe.ApiList<Stripe.${name}>`

/** The parameters and the response (status 200) of each call. */
export const spokenCalls: Record<string, { request: string; answer: string }> = {
  'POST /v1/customers': { request: 'Stripe.CustomerCreateParams', answer: 'Stripe.Customer' },
  'GET /v1/customers': { request: 'Stripe.CustomerListParams', answer: list('Customer') },
  'POST /v1/customers/:id': { request: 'Stripe.CustomerUpdateParams', answer: 'Stripe.Customer' },
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
  'POST /v1/payment_intents/:id': { request: 'Stripe.PaymentIntentUpdateParams', answer: 'Stripe.PaymentIntent' },
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
  'POST /v1/payment_method_domains': {
    request: 'Stripe.PaymentMethodDomainCreateParams',
    answer: 'Stripe.PaymentMethodDomain',
  },
  'GET /v1/payment_method_domains': {
    request: 'Stripe.PaymentMethodDomainListParams',
    answer: list('PaymentMethodDomain'),
  },
  'POST /v1/payment_method_domains/:id': {
    request: 'Stripe.PaymentMethodDomainUpdateParams',
    answer: 'Stripe.PaymentMethodDomain',
  },
  'POST /v1/payment_method_domains/:id/validate': {
    request: 'Stripe.PaymentMethodDomainValidateParams',
    answer: 'Stripe.PaymentMethodDomain',
  },
  'GET /v1/account': { request: 'Stripe.AccountRetrieveCurrentParams', answer: 'Stripe.Account' },
  'GET /v1/accounts': { request: 'Stripe.AccountListParams', answer: list('Account') },
  'POST /v1/accounts': { request: 'Stripe.AccountCreateParams', answer: 'Stripe.Account' },
  'POST /v1/account_links': { request: 'Stripe.AccountLinkCreateParams', answer: 'Stripe.AccountLink' },
  'GET /v1/accounts/:id': { request: reads('Account'), answer: 'Stripe.Account' },
  'POST /v1/webhook_endpoints': {
    request: 'Stripe.WebhookEndpointCreateParams',
    answer: 'Stripe.WebhookEndpoint',
  },
  'GET /v1/webhook_endpoints': { request: 'Stripe.WebhookEndpointListParams', answer: list('WebhookEndpoint') },
  'GET /v1/webhook_endpoints/:id': { request: reads('WebhookEndpoint'), answer: 'Stripe.WebhookEndpoint' },
  'POST /v1/webhook_endpoints/:id': {
    request: 'Stripe.WebhookEndpointUpdateParams',
    answer: 'Stripe.WebhookEndpoint',
  },
  'DELETE /v1/webhook_endpoints/:id': {
    request: 'Stripe.WebhookEndpointDeleteParams',
    answer: 'Stripe.DeletedWebhookEndpoint',
  },
  'GET /v1/refunds': { request: 'Stripe.RefundListParams', answer: list('Refund') },
  'GET /v1/disputes': { request: 'Stripe.DisputeListParams', answer: list('Dispute') },
  // Each event was checked by its own type when it happened.
  'GET /v1/events': { request: 'Stripe.EventListParams', answer: 'Stripe.ApiList<unknown>' },
}

/** Every response other than 200. The published type of a stored error is also that of a returned one. */
export const spokenError = '{ error: Stripe.PaymentIntent.LastPaymentError }'

/** The events that the simulator sends. */
export const spokenEvents = [
  'account.application.deauthorized',
  'account.updated',
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

/** The vendor's objects, by their `object`, that may be expanded. Any other appears only as an id. */
export const spokenObjects = [
  'account',
  'application',
  'confirmation_token',
  'charge',
  'customer',
  'dispute',
  'event',
  'payment_intent',
  'payment_method',
  'payment_method_domain',
  'refund',
  'setup_attempt',
  'setup_intent',
  'webhook_endpoint',
]

/** All types that bodies are validated against. */
export const spokenTypes = [
  ...new Set([
    ...Object.values(spokenCalls).flatMap(({ request, answer }) => [request, answer]),
    spokenError,
    ...spokenEvents.map(eventType),
  ]),
]
