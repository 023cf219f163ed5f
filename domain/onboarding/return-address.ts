import type { Result } from '../lifecycle.ts'

/**
 * How the customer left the page: the result of the onboarding, `canceled` if the customer chose to leave before its
 * end, or `pending` if the bank or the gateway returned the customer to a page that has no form. Only a hint: whoever
 * has the address can change it.
 */
export type ReturnStatus = Result | 'pending'

/**
 * Returns a return or cancel URL of the caller with `billing_customer_id` and `status` added to its query. Parameters
 * of these names are replaced; everything else stays as it was encoded. It contains no secret.
 */
export function returnAddress(
  url: string,
  { billingCustomerId, status }: { billingCustomerId: string; status: ReturnStatus },
): string {
  const address = new URL(url)
  const added = new URLSearchParams({ billing_customer_id: billingCustomerId, status })
  const isKept = (pair: string) =>
    pair !== '' && ![...new URLSearchParams(`?${pair}`).keys()].some((name) => added.has(name))
  address.search = `?${[...address.search.slice(1).split('&').filter(isKept), added].join('&')}`
  return address.href
}
