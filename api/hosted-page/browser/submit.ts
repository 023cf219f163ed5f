import type { GatewayName } from '../../../domain/lifecycle.ts'
import type { PageProgress } from '../view/model.ts'
import { fill } from '../words/words.ts'
import type { Answer } from './calls.ts'
import { forgetConsent } from './consent.ts'
import { follow } from './follow.ts'
import { dropGateway, hasForm, refreshForms, sayPaying, showForm } from './form.ts'
import { CardError, NotEligible, Refused, type Method } from './gateways/gateway-form.ts'
import { gatewayWords } from './gateways/gateway-words.ts'
import { byId, formatPrice, formatTime, page, setAmount, shownFor } from './page-data.ts'
import { tell } from './parent/parent.ts'
import { submitInTurn } from './queue.ts'
import { say, showPrice } from './show.ts'
import { keepCoolDown, reopen } from './link/token.ts'

// Submits what the customer entered or approved, and shows why it was not accepted.

/** Milliseconds after which the page says that it is still working. */
const stillAfter = 4_000

/** Gets the payment method from the gateway's form and submits it. */
export async function submit(gateway: GatewayName, method: Promise<Method>): Promise<void> {
  clearTimeout(coolingDown)
  try {
    const made = await (await method)()
    if (!made) return showForm('declined', gatewayWords(gateway).notApproved)
    tell({ type: 'submitted', gateway })
    sayPaying()
    say(gatewayWords(gateway).submitting)
    const answer = await sayingSo(submitInTurn('setup-completed', { ...made, ...shownFor(gateway) }))
    if (answer.status === 202) return follow({ customerIsHere: true })
    showRefusal(answer)
  } catch (error) {
    // What is missing in the vendor's form is said there.
    if (error instanceof CardError) return showForm(error.message ? 'declined' : 'ready', error.message)
    if (error instanceof Refused) return showRefusal(error.answer)
    showForm('declined', gatewayWords(gateway).notLoaded)
    if (error instanceof NotEligible) dropGateway(gateway)
  }
}

/** Says after a while that the page is still working, unless it has something else to say. */
function sayingSo<Result>(work: Promise<Result>): Promise<Result> {
  const said = byId('status')!.textContent
  const timer = setTimeout(() => {
    if (byId('status')!.textContent === said) say(page.words.status.stillSending)
  }, stillAfter)
  return work.finally(() => clearTimeout(timer))
}

/** Shows why a submission was not accepted. What was typed stays. */
export function showRefusal(answer: Answer): void {
  const { status, retryAfter } = answer
  const { alerts } = page.words
  const progress = (answer.answer ?? {}) as PageProgress
  const { refusal, status: result } = progress
  if (status === 202 || progress.paying || result === 'completed') return follow()
  // The server shows the end, and a link that cannot be used any more.
  const isOver = status === 410 || result !== 'pending' || !hasForm()
  // Also for too_many_attempts and suspended. After account_changed, the form of another account is loaded, with the
  // reason.
  if (isOver || /^(too|sus|acc)/.test(refusal!)) return reopen({ refused: '' })
  if (refusal === 'price_changed') return showNewPrice(progress)
  if (refusal === 'slow_down') return showForm('declined', alerts.slowDown)
  if (status === 429) return coolDown(retryAfter)
  showForm('declined', alerts.refused)
}

/** Shows another price in place, with what it was. */
function showNewPrice({ amount, currency }: PageProgress): void {
  // The vendors' forms and all amounts are in the old currency.
  if (currency !== page.currency) return reopen()
  const old = formatPrice(page.amount)
  setAmount(amount)
  showPrice()
  forgetConsent()
  refreshForms()
  showForm('price_changed', fill(page.words.alerts.priceChanged, { old, new: formatPrice(amount) }))
}

let coolingDown: ReturnType<typeof setTimeout> | undefined
/** The longest time of a timer, in milliseconds. A longer one would end at once. */
const longestTimer = 2 ** 31 - 1

/** Returns the sentence about a cool-down until `end`, in milliseconds since 1970; nothing if it has ended. */
export const coolDownSentence = (end: number): string =>
  end > Date.now() ? fill(page.words.alerts.coolDown, { time: formatTime(new Date(end)) }) : ''

/** Says when the next payment method is accepted, and accepts it then. `seconds` is how long that takes. */
function coolDown(seconds: number): void {
  const end = Date.now() + seconds * 1_000
  keepCoolDown(end)
  showForm('cool_down', coolDownSentence(end))
  coolingDown = setTimeout(() => showForm('ready'), Math.min(seconds * 1_000, longestTimer))
}
