import { completeEnd, offerNewLink } from './end.ts'
import { askToConfirm, follow, followElsewhere } from './follow.ts'
import { listenToForm, showForm } from './form.ts'
import { gatewayWords } from './gateways/gateway-words.ts'
import { listenToLanguage } from './language/choice.ts'
import { byId, page } from './page-data.ts'
import { connectToParent, isFramed, tell } from './parent/parent.ts'
import { submitInTurn } from './queue.ts'
import { said, show } from './show.ts'
import { coolDownSentence, showRefusal, submit } from './submit.ts'
import { keptCoolDown, reopen, takeToken, type Opening } from './link/token.ts'

// The page's own script: shows the gateway's form, submits its token, and shows the progress. Only a change of the
// link itself loads the page again; everything else is shown in place.

async function runSetup({ isBack, isCanceled, isKept }: Opening): Promise<void> {
  // The application around a frame opens the link again after a reload.
  byId('not-kept')!.hidden = isKept || isFramed
  byId('another')?.addEventListener('click', () => showForm('ready'))
  listenToForm(submit)
  if (page.state === 'working' || page.state === 'closing' || page.state === 'asked') return follow()
  if (page.state === 'done') return completeEnd()
  if (isBack && (page.state === 'form' || page.state === 'watching' || page.state === 'confirm'))
    return showReturned(isCanceled)
  if (page.state === 'confirm') return askToConfirm()
  if (page.state !== 'form') return
  followElsewhere()
  // A reload does not end a cool-down.
  showForm('ready', coolDownSentence(keptCoolDown()) || byId('alert')?.textContent || '')
}

/**
 * Tells the service that the customer returned from the bank or the gateway, so that it reads the result and continues.
 * What the customer approved waits for its turn, like a card.
 */
async function showReturned(isCanceled: boolean): Promise<void> {
  // Nothing is offered until the response arrives: the approved method may have to wait for its turn.
  show({ state: 'submitting', ...said('working'), part: null })
  const back = await submitInTurn('action-completed', {})
  const { answer } = back
  if (!answer || page.state === 'confirm' || answer.paying || answer.status !== 'pending') return follow()
  followElsewhere()
  const canceled = isCanceled ? canceledWords() : ''
  if (page.state === 'watching') return showWatching(answer.refusal ? page.words.alerts.refused : canceled)
  if (answer.refusal) return showRefusal(back)
  showForm(canceled ? 'declined' : 'ready', canceled)
}

/** What a customer is told who did not approve at the gateway. */
function canceledWords(): string {
  const approving = page.gateways.find(({ isApprovedThere }) => isApprovedThere)
  return approving ? gatewayWords(approving.name).notApproved : ''
}

/** Shows a return URL, on which nothing can be entered, with what happened before. */
function showWatching(before: string): void {
  const { headline, status } = said('watching')
  show({ state: 'ready', headline, status: `${before} ${status}`.trim(), part: null })
  const back = byId('back')
  if (back) back.hidden = false
}

/** Whether leaving could interrupt a payment. */
const isUnderWay = () => /ing|action/.test(byId('setup')?.dataset.state as string)

const newLink = byId('new-link')
const opening = takeToken()
byId('needs-script')?.remove()
// Loaded anew in a moment otherwise.
if (opening) connectToParent(isUnderWay)
if (page.ended) tell(page.ended)
if (opening && byId('setup')) void runSetup(opening)
if (opening && newLink) offerNewLink(newLink)
if (opening) listenToLanguage()
// A page that the browser stored when the customer left it for the bank or the gateway waits for nothing any more.
addEventListener('pageshow', ({ persisted }) => persisted && isUnderWay() && reopen())
