import type { NoticeData, PageProgress } from '../view/model.ts'
import { formatDate } from '../view/states.ts'
import { fill } from '../words/words.ts'
import { call } from './calls.ts'
import { byId, page } from './page-data.ts'
import { isFramed, postToParent, tell } from './parent/parent.ts'
import { said, say, show } from './show.ts'
import { reopen } from './link/token.ts'

/** Shows the end. The server shows an end without success. */
export function finish(progress: PageProgress): void {
  if (progress.status !== 'completed') return reopen()
  show({ state: 'done', ...said('done'), part: null })
  showEnd()
  notifyParent()
}

/** Milliseconds for which the customer sees the end before the page goes on by itself. */
const seenFor = 5_000

/** Shows what was paid, and the way on. A page in a frame leaves it to the page around it, which is notified. */
function showEnd(): void {
  const { words, brand, returnTo } = page
  const end = byId('end')
  if (!end) return
  end.hidden = false
  showReceipt(new Date())
  if (!returnTo?.byItself || isFramed) return
  say(fill(words.end.redirect, { brand }))
  const timer = setTimeout(() => location.assign(returnTo.url), seenFor)
  const stay = byId('stay')!
  stay.hidden = false
  stay.onclick = () => {
    clearTimeout(timer)
    stay.hidden = true
    say(said('done').status)
  }
}

function showReceipt(paidAt: Date): void {
  const { words, price, brand, language } = page
  const receipt = byId('receipt')
  if (receipt) receipt.textContent = fill(words.end.paid, { price, brand, date: formatDate(paidAt, language) })
}

/** Completes the end that the server drew, which does not know the customer's time zone. */
export function completeEnd(): void {
  if (page.paidAt) showReceipt(new Date(page.paidAt))
  notifyParent()
}

/** Notifies the application that embeds the page in a frame, with or without `embed.js`, that the setup has ended. */
function notifyParent(): void {
  tell({ type: 'completed' })
  postToParent({ type: 'setup_completed', billing_customer_id: page.billingCustomerId })
}

/** Lets the customer ask for a new link on a page whose link cannot be used any more. */
export function offerNewLink(section: HTMLElement): void {
  const { brand, words } = page as NoticeData
  const button = section.querySelector('button')!
  const status = section.querySelector('[role="status"]')!
  button.addEventListener('click', async () => {
    button.disabled = true
    const asked = await call('new-link', {}, section.dataset.path).catch(() => undefined)
    const done = asked !== undefined && asked.status < 300
    status.textContent = done ? fill(words.newLink.asked, { brand }) : words.newLink.failed
    button.disabled = done
  })
}
