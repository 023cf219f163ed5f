import type { NoticeData, PageData } from '../view/model.ts'
import { formatAmount } from '../view/states.ts'

// The data that the server wrote into the page. `price` and `amount` change while the page is open.

/** Returns the element with an id; null if the page does not have it. */
export const byId = (id: string): HTMLElement | null => document.getElementById(id)

/** What the page is about. On a page without a form only the fields of `NoticeData` are set. */
export const page = JSON.parse(byId('page-data')?.textContent ?? '{}') as PageData & Pick<NoticeData, 'ended'>

/** Data of a gateway that the page needs. */
export const gatewayOf = (name: string) => page.gateways.find((gateway) => gateway.name === name)!

/** What a submission names beside its token: the gateway with the key that was loaded, and what the page showed. */
export const shownFor = (gateway: string) => {
  const { amount, currency, consent } = page
  return { gateway, publishable_key: gatewayOf(gateway).publishableKey, amount, currency, consent }
}

/** The amount of the page in the gateway's unit. */
export const gatewayUnits = (name: string) => page.amount * gatewayOf(name).factor

/** Sets another amount, in minor units. */
export function setAmount(amount: number): void {
  page.amount = amount
  page.price = amount > 0 ? formatPrice(amount) : null
}

/** Formats minor units of the page's currency in the page's language. */
export const formatPrice = (amount: number): string => formatAmount(amount, page.currency, page.digits, page.language)

/** Formats the time of day, with the date unless it is today. */
export function formatTime(time: Date): string {
  const isToday = time.toDateString() === new Date().toDateString()
  return time.toLocaleString(page.language, {
    hour: 'numeric',
    minute: '2-digit',
    ...(isToday ? {} : { year: 'numeric', month: 'short', day: 'numeric' }),
  })
}
