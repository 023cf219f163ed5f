import { playedStates } from '../../../../domain/tenant/page-previews.ts'
import '../main.ts'
import { playedState } from '../played-state.ts'

// The page's script in a preview. It is the same, but for the three modules that reach the outside: the vendors' forms,
// the calls of the service and the link's token (`tools/scripts/build-page.ts`). This one submits, as a customer would.

/** Milliseconds between two looks. */
const pause = 20

const setup = document.getElementById('setup')
const button = document.querySelector<HTMLButtonElement>('form#payment button[type="submit"]')
const box = document.getElementById('agree') as HTMLInputElement | null

/** A preview is in one language, and offers no other. The list stays as wide as it is for customers. */
function offerShownLanguage(): void {
  const list = document.getElementById('language') as HTMLSelectElement | null
  if (!list) return
  list.style.width = `${list.offsetWidth}px`
  for (const option of [...list.options]) if (!option.selected) option.remove()
}
function play(): void {
  if (button?.getAttribute('aria-disabled') === 'true') return void setTimeout(play, pause)
  if (box) box.checked = true
  button?.click()
}
function tellWhenReached(): void {
  const isReached = !playedState || setup?.dataset.state === playedStates[playedState]
  if (!isReached) return void setTimeout(tellWhenReached, pause)
  document.documentElement.dataset.preview = 'ready'
}
offerShownLanguage()
if (playedState && playedState !== 'form' && playedState !== 'card_not_loaded') play()
tellWhenReached()
