import type { PageProgress } from '../view/model.ts'
import { callUntilAnswered } from './calls.ts'
import { answers } from './gateways/list.ts'
import { byId, page } from './page-data.ts'
import { leaveFor, makeRoom, tell } from './parent/parent.ts'
import { said, say, show } from './show.ts'

/** Asks a returning customer before the bank's page is opened again. */
export function offerConfirmation(confirm: () => void): void {
  show({ state: 'action', ...said('confirm'), part: 'bank' })
  tell({ type: 'action_required', kind: 'challenge' })
  byId('confirm')!.onclick = confirm
}

/** Opens the bank's page. `then` is called once the service knows that the customer has responded in a frame. */
export async function confirmWithBank(action: NonNullable<PageProgress['action']>, then: () => void): Promise<void> {
  show({ state: 'action', ...said('confirm'), status: page.words.status.confirming, part: null })
  const isRedirect = action.type === 'redirect'
  tell({ type: 'action_required', kind: isRedirect ? 'redirect' : 'challenge' })
  if (isRedirect) return leaveFor(action.url)
  setInert(true)
  await answers[action.type](action)
  setInert(false)
  say(said('working').status)
  await callUntilAnswered('action-completed', {})
  then()
}

/** The bank's page covers this one, whose links and buttons must not get the focus meanwhile. */
function setInert(isInert: boolean): void {
  makeRoom(isInert)
  for (const part of document.querySelectorAll<HTMLElement>('header, main, footer')) part.inert = isInert
}
