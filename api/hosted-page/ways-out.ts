import { completionOf } from '../../domain/hosted-page.ts'
import type { Result } from '../../domain/lifecycle.ts'
import { returnAddress, type ReturnStatus } from '../../domain/onboarding/return-address.ts'
import { isLinkAddress } from '../../domain/text/web-addresses.ts'
import type { OpenedLink } from '../setup/opened-link.ts'
import type { PageModel } from './view/model.ts'

// Where the customer can go from the page. Null: nowhere, or the stored URL is none that the page may link to.

type Way = Pick<OpenedLink, 'page' | 'billingCustomer'>

const addressOf = (url: string | null, { billingCustomer }: Way, status: ReturnStatus) =>
  url !== null && isLinkAddress(url) ? returnAddress(url, { billingCustomerId: billingCustomer.id, status }) : null

/** Returns where the customer goes after the setup, and whether the page goes there by itself. */
export function wayOn(link: Way): PageModel['returnTo'] {
  const completion = completionOf(link.page)
  const url = completion === 'stay' ? null : addressOf(link.page.returnUrl, link, 'completed')
  return url === null ? null : { url, byItself: completion === 'redirect' }
}

/** Returns the caller's page for customers who leave before the end. */
export const cancelAddress = (link: Way) => addressOf(link.page.cancelUrl, link, 'canceled')

/** Returns where the customer goes instead of the setup. After the bank or the gateway, that is the caller's page. */
export const wayBack = (link: Way & Pick<OpenedLink, 'purpose'>) =>
  link.purpose === 'progress' && link.page.returnUrl
    ? addressOf(link.page.returnUrl, link, 'pending')
    : cancelAddress(link)

/** Returns where the customer goes after an end without success. */
export const endedAddress = (link: Way, status: Result) => addressOf(link.page.returnUrl, link, status)
