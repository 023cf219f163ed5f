// Parameters and fields that are newer than the OpenAPI document of stripe-mock. The document is older than the API
// version that we use. test/tools/simulators/stripe-mock.test.ts checks that each is in the types of the installed SDK
// and that the document still lacks it.

export interface NewerParameter {
  /** Property names, outermost first. */
  path: string[]
  /** A value that the types allow. */
  value: string
  calls: string[]
  /** Stripe's announcement. */
  changelog: string
}

const credentialUsage = 'https://docs.stripe.com/changelog/endive/2026-10-28/card-on-file-usage-indicators-support'

export const newerParameters: NewerParameter[] = [
  {
    path: ['payment_method_options', 'card', 'setup_credential_usage'],
    value: 'unscheduled',
    calls: ['POST /v1/payment_intents/:id/confirm', 'POST /v1/setup_intents/:id/confirm'],
    changelog: credentialUsage,
  },
  {
    path: ['payment_method_options', 'card', 'stored_credential_usage'],
    value: 'unscheduled',
    calls: ['POST /v1/payment_intents/:id/confirm'],
    changelog: credentialUsage,
  },
]

/** Fields of PaymentIntents and charges in responses, with the reason why the document lacks them. */
export const newerFields: Record<string, string> = {
  payment_record:
    'https://docs.stripe.com/changelog/endive/2026-09-30/payment-records-on-payment-intents ' +
    'announced it after the document',
  source: 'a legacy field that the types of every SDK version have and the public document leaves out',
}

/** Fields of accounts in responses that the types require and the document lacks. */
export const newerAccountFields = ['kana', 'kanji'].map(
  (script) => `/settings/payments/statement_descriptor_prefix_${script}`,
)

/** Fields of disputes in responses that the types require and the document lacks. */
export const newerDisputeFields = ['/evidence_details/submission_method', '/intended_submission_method']
