/** The features of an app, by token scope. PayPal's OpenAPI documents list the scope of each call. */
export const features = [
  'vaulting',
  'reference_transactions',
  'disputes',
  'transaction_search',
  'account_information',
] as const
export type Feature = (typeof features)[number]

const service = (name: string) => `https://uri.paypal.com/services/${name}`
const everyApp = ['payments/payment', 'payments/refund', 'applications/webhooks'].map(service)
const ofFeature: Record<Feature, string[]> = {
  vaulting: ['vault/payment-tokens/read', 'vault/payment-tokens/readwrite'].map(service),
  reference_transactions: [service('payments/payment/reference-transaction')],
  disputes: [service('disputes/read-seller')],
  transaction_search: [service('reporting/search/read')],
  // developer.paypal.com/log-in/references: without it, userinfo has no payer id.
  account_information: [service('paypalattributes')],
}
const featureOf: [path: string, feature: Feature][] = [
  ['/v3/vault/', 'vaulting'],
  ['/v1/customer/disputes', 'disputes'],
  ['/v1/reporting/', 'transaction_search'],
]

/** Returns the token scopes of an app with these features. */
export const scopesOf = (has: Feature[]) => [...everyApp, ...has.flatMap((feature) => ofFeature[feature])]

/** Returns the feature that a call requires. Without it the call returns 403. */
export const featureFor = (path: string) => featureOf.find(([start]) => path.startsWith(start))?.[1]
