import type { PageProgress } from '../view/model.ts'
import { stateWords } from '../view/words.ts'

// Changes what the page shows. Screen readers are notified by role=status and role=alert.

export function headline(text: string): void {
  document.getElementById('headline')!.textContent = text
}

export function say(text: string): void {
  const status = document.getElementById('status')!
  if (status.textContent !== text) status.textContent = text
}

export function showAlert(text: string): void {
  document.getElementById('alert')!.textContent = text
}

/** Shows the payment form, the bank's confirmation, or neither while a step is running. */
export function showPart(part: 'payment' | 'bank' | null): void {
  for (const id of ['payment', 'bank']) {
    const section = document.getElementById(id)
    if (section) section.hidden = id !== part
  }
}

export function showSteps(progress: PageProgress): void {
  for (const { name, state } of progress.steps) {
    const item = document.querySelector<HTMLElement>(`#progress [data-step="${name}"]`)
    if (!item || item.dataset.state === state) continue
    item.dataset.state = state
    item.querySelector('.state')!.textContent = stateWords[state]
  }
}
