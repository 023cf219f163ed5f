import type { PageProgress } from '../view/model.ts'
import { declineSentence } from '../view/states.ts'
import { confirmWithBank, offerConfirmation } from './bank.ts'
import { finish } from './end.ts'
import { hasForm, showForm } from './form.ts'
import { byId, page } from './page-data.ts'
import { tell } from './parent/parent.ts'
import { enter, said, say, show, showSteps } from './show.ts'
import { reopen } from './link/token.ts'
import { watchInWindow } from './watch-in-window.ts'

/** Milliseconds after which the page says that this takes longer than usual. */
const longAfter = 20_000

/**
 * Shows the progress until the end, or until the customer must act: confirm with the bank, or enter another card. The
 * bank's page is opened at once only if the customer is here, and not just returned.
 */
export function follow({ customerIsHere = false } = {}): void {
  // What the server has drawn in these is said until the end.
  if (page.state === 'closing' || page.state === 'asked') enter('working')
  else show({ state: 'working', ...said('working'), part: null })
  const long = setTimeout(() => page.state !== 'asked' && say(page.words.status.long), longAfter)
  const stop = watchInWindow(({ status, answer }) => {
    if (status !== 410 && !answer?.steps) return
    if (answer?.steps) showSteps(answer)
    const next = status === 410 ? reopen : nextAfter(answer!, customerIsHere)
    if (!next) return
    stop()
    clearTimeout(long)
    next()
  })
}

/** Returns what to show instead of the progress; undefined while there is nothing but to wait. */
function nextAfter(progress: PageProgress, customerIsHere: boolean): (() => void) | undefined {
  if (progress.status !== 'pending') return () => finish(progress)
  // No longer paying and not ended: a decline.
  if (!progress.paying && page.state !== 'closing') return () => showDecline(progress)
  const { action } = progress
  if (!action) return undefined
  if (!customerIsHere) return askToConfirm
  return () => void confirmWithBank(action, follow)
}

let stopElsewhere = () => {}

/**
 * Follows what goes on while the page waits for the customer: another tab, or a submission that a reload did not wait
 * for. Ends as soon as something goes on, also by this page, unless that was over too fast to be seen.
 */
export function followElsewhere(): void {
  stopElsewhere()
  stopElsewhere = watchInWindow(({ status, answer }) => {
    if (status !== 410 && !answer?.paying && answer?.status !== 'completed') return
    stopElsewhere()
    if (!/ing|action|done/.test(byId('setup')!.dataset.state!)) follow()
  })
}

/** Offers the bank's page to a customer who returns. */
export const askToConfirm = (): void => offerConfirmation(() => void follow({ customerIsHere: true }))

function showDecline({ decline, gateways }: PageProgress): void {
  if (decline) tell({ type: 'declined', ...decline })
  const isUnchanged = page.gateways.every(({ name }) => gateways.includes(name))
  if (!hasForm() || !isUnchanged || (decline && decline.attempts_left <= 0)) return reopen()
  followElsewhere()
  if (decline) showForm('declined', declineSentence(page.words, decline))
  else showForm('ready')
}
