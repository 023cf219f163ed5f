import type { PageProgress } from '../view/model.ts'
import { saidIn, stepState, paymentTitle, todaySentence, nowInPlace, type ShownState } from '../view/states.ts'
import { byId, page } from './page-data.ts'
import { isFramed } from './parent/parent.ts'

// Changes what the page shows. Screen readers are notified by role=status and role=alert, which always exist.

/** The state of the page in the browser. */
export type ViewState =
  'ready' | 'submitting' | 'working' | 'action' | 'done' | 'declined' | 'price_changed' | 'cool_down'

export interface View {
  state: ViewState
  headline: string
  status: string
  /** Shown above the button. */
  alert?: string
  /** Visible part: the payment form, the bank's confirmation, or neither while a step is running. */
  part: 'payment' | 'bank' | null
}

/** Returns the headline and the status of a state of the page. */
export const said = (state: ShownState) => saidIn(state, page.words, page)

/**
 * Notes the state, for styles and tests. While a submission is on its way, no language can be chosen, and the way back
 * would not cancel it.
 */
export function enter(state: ViewState): void {
  byId('setup')!.dataset.state = state
  for (const id of ['language', 'back']) {
    const control = byId(id)
    if (control) control.inert = state === 'submitting'
  }
}

/** Shows a state. Moves the focus to what is new, because what had it may be gone. */
export function show({ state, headline, status, alert = '', part }: View): void {
  enter(state)
  const shown = byId('headline')!
  const isNew = shown.textContent !== headline
  shown.textContent = headline
  document.title = `${headline} · ${page.brand}`
  showPart(part)
  say(status)
  showAlert(alert)
  if (alert) focusOn(byId('alert'))
  else if (isNew) focusOn(shown)
}

/**
 * A page in a frame does not take the focus from the page around it. No document has the focus after the bank's page,
 * which had it, was removed.
 */
function focusOn(target: HTMLElement | null): void {
  if (document.hasFocus() || !isFramed) target?.focus()
}

function setText(target: HTMLElement | null, text: string): void {
  // Setting the same text again would be announced again.
  if (target && target.textContent !== text) target.textContent = text
}

export const say = (status: string): void => setText(byId('status'), status)

export const showAlert = (text: string): void => setText(byId('alert'), text)

function showPart(part: View['part']): void {
  const other = part === 'bank' ? 'payment' : 'bank'
  // While money may be moving, and at the end, the way back is hidden: leaving would not cancel it. The summary goes
  // with the form. If it went at the end, what the customer reads by then would move.
  for (const id of ['payment', 'bank', 'back', 'summary']) {
    const section = byId(id)
    if (section) section.hidden = part === null || id === other
  }
}

/** Shows the progress from the first submission on. */
export function showSteps(progress: PageProgress): void {
  byId('steps')!.hidden = false
  for (const step of progress.steps) {
    const state = stepState(step)
    const item = document.querySelector<HTMLElement>(`#progress [data-step="${step.name}"]`)
    if (!item || item.dataset.state === state) continue
    item.dataset.state = state
    item.querySelector('.state')!.textContent = page.words.stepStates[state]
  }
}

/** Writes the price of the page where it is said, except on the button. */
export function showPrice(): void {
  setText(byId('today'), todaySentence(page.words, page.price))
  byId('today-why')!.hidden = page.price === null
  setText(byId('consent-now'), nowInPlace(page.words, page))
  const step = document.querySelector<HTMLElement>('#progress [data-step="initial_charge"] .title')
  setText(step, paymentTitle(page.words, page.price))
}
