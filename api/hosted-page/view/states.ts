import type { Decline, NoticeModel, PageGateway, PageModel } from './model.ts'
import type { StepName, StepState } from '../../../domain/lifecycle.ts'
import { fill, type Words } from '../words/words.ts'

// Which words go with which state, for the server and for the page's script.

/** What the page says about its state: the headline, and the status below it. */
export interface Said {
  headline: string
  status: string
}

/** The states that the page's script shows. The server draws them too, and the others. */
export type ShownState = Exclude<PageModel['state'], 'asked' | 'closing' | 'active' | 'suspended'>

/** Returns the headline and the status of a state. A replacement sets nothing up and charges nothing. */
export function saidIn(
  state: ShownState,
  { headlines, status }: Words,
  { replacing, price }: Pick<PageModel, 'replacing' | 'price'>,
): Said {
  const free = price === null
  const form = replacing ? headlines.replace : headlines.setUp
  const said: Record<ShownState, Said> = {
    form: { headline: form, status: '' },
    working: {
      headline: replacing ? headlines.replacing : headlines.settingUp,
      status: free ? status.workingFree : status.working,
    },
    confirm: { headline: headlines.confirm, status: free ? status.confirmFree : status.confirm },
    watching: { headline: form, status: status.watching },
    done: { headline: headlines.done, status: replacing ? status.doneFree : status.done },
  }
  return said[state]
}

/** Returns the headline and the status of the page as the server draws it. */
export function drawnIn({ state, replacing, payment, ...model }: PageModel): Said {
  const { headlines, status, ended } = model.language.words
  const brand = model.brand.name
  if (state === 'asked') return { headline: headlines.confirm, status: status.asked }
  if (state === 'active') return { headline: headlines.active, status: fill(status.active, { brand }) }
  if (state === 'suspended') return { headline: headlines.suspended, status: fill(status.suspended, { brand }) }
  if (state !== 'closing') return saidIn(state, model.language.words, { ...model, replacing })
  if (replacing) return { headline: headlines.closingReplacement, status: status.closingFree }
  return { headline: headlines.closing, status: payment ? ended[payment] : status.closing }
}

/** Returns the label of the button that submits, or that goes to the gateway where the customer approves. */
export function submitLabel({ form }: Words, price: string | null, gateway?: PageGateway): string {
  if (gateway?.isApprovedThere) return fill(form.continueAt, { gateway: gateway.title })
  return price === null ? form.save : fill(form.pay, { price })
}

/** Returns the label of that button while a submission is under way. */
export const submittingLabel = ({ form }: Words, price: string | null): string =>
  price === null ? form.saving : fill(form.paying, { price })

/**
 * Formats minor units of a currency with `digits` after the decimal point. Where amounts run from right to left, a mark
 * keeps a symbol together (Unicode, UAX #9): otherwise `US$` would be shown as `$US`.
 */
export function formatAmount(minor: number, currency: string, digits: number, language: string): string {
  const format = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const
  const amount = new Intl.NumberFormat(language, format).format(minor / 10 ** digits)
  return amount.replace(/^(\u200f.*[A-Z]\p{Sc})$/u, '$1\u200e')
}

/** Formats a day. */
export const formatDate = (day: Date, language: string): string =>
  day.toLocaleDateString(language, { year: 'numeric', month: 'long', day: 'numeric' })

/** Returns the sentence of the consent about what is charged now. `now` is the one with a price. */
export const nowInPlace = ({ summary }: Words, { now, price }: { now: string; price: string | null }): string =>
  price === null ? summary.free : fill(now, { price })

/** Returns what is paid now. */
export const todaySentence = ({ summary }: Words, price: string | null): string => price ?? summary.free

/** Returns the state of a step as customers see it: nothing comes before the payment method, so it is never next. */
export const stepState = ({ name, state }: { name: StepName; state: StepState }): StepState =>
  name === 'payment_method' && state === 'waiting' ? 'running' : state

/** Returns the name of the step that charges. */
export const paymentTitle = ({ steps }: Words, price: string | null): string => fill(steps.payment, { price })

/** Returns the name of a step; undefined for one that customers do not see. */
export function stepTitle(
  name: StepName,
  words: Words,
  { price, itemName }: Pick<PageModel, 'price' | 'itemName'>,
): string | undefined {
  const { steps } = words
  if (name === 'record') return undefined
  if (name === 'payment_method') return steps.paymentMethod
  if (name === 'initial_charge') return paymentTitle(words, price)
  if (name === 'activation') return steps.activation
  return itemName ? fill(steps.enrollment, { item: itemName }) : steps.enrollmentUnnamed
}

/** Returns the title and the text of a page without a form. A return URL cannot ask for a new link. */
export function noticeOf(
  { notice, replacing, payment, link }: Pick<NoticeModel, 'notice' | 'replacing' | 'payment' | 'link'>,
  { notices, noticesOfReplacement, ended, status }: Words,
): { title: string; text: string } {
  const own: Partial<typeof notices> = replacing ? noticesOfReplacement : {}
  const found = own[notice] ?? notices[notice]
  if (link === 'progress' && notice === 'expired') return { ...found, text: status.watching }
  if (replacing) return found
  // The text of an expired link itself says that nothing was charged.
  if (notice === 'expired' && payment !== 'notCharged')
    return { ...found, text: payment ? ended.returnedExpired : status.closing }
  const isEnd = notice === 'canceled' || notice === 'failed'
  return isEnd && payment ? { ...found, text: ended[payment] } : found
}

/** Returns why a payment method was declined, and what the customer can do. */
export const declineSentence = ({ declines, alerts }: Words, { code, attempts_left }: Decline): string =>
  attempts_left === 1 ? `${declines[code]} ${alerts.lastAttempt}`.replace('。 ', '。') : declines[code]
