/** What an app may do, by the scopes of its token; PayPal's OpenAPI documents name the scope of each call. */
export const features = ['vaulting', 'reference_transactions', 'disputes', 'transaction_search'] as const
export type Feature = (typeof features)[number]

const service = (name: string) => `https://uri.paypal.com/services/${name}`
const everyApp = ['payments/payment', 'payments/refund', 'applications/webhooks'].map(service)
const ofFeature: Record<Feature, string[]> = {
  vaulting: ['vault/payment-tokens/read', 'vault/payment-tokens/readwrite'].map(service),
  reference_transactions: [service('payments/payment/reference-transaction')],
  disputes: [service('disputes/read-seller')],
  transaction_search: [service('reporting/search/read')],
}
const featureOf: [path: string, feature: Feature][] = [
  ['/v3/vault/', 'vaulting'],
  ['/v1/customer/disputes', 'disputes'],
  ['/v1/reporting/', 'transaction_search'],
]

/** The scopes of a token whose app has these features. */
export const scopesOf = (has: Feature[]) => [...everyApp, ...has.flatMap((feature) => ofFeature[feature])]

/** The feature without which a call is refused with 403. */
export const featureFor = (path: string) => featureOf.find(([start]) => path.startsWith(start))?.[1]
