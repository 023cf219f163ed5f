import { byId } from './page-data.ts'

// The box that must be checked at the consent, by the setting.

const find = (id: string) => byId(id) as HTMLInputElement | null

/** Returns whether the customer has agreed. If not, the page says so at the box, which gets the focus. */
export function hasAgreed(): boolean {
  const box = find('agree')
  if (!box) return true
  find('agree-missing')!.hidden = box.checked
  box.setAttribute('aria-invalid', `${!box.checked}`)
  if (!box.checked) box.focus()
  return box.checked
}

/** Clears the box: what it was checked for has changed. */
export function forgetConsent(): void {
  const box = find('agree')
  if (box) box.checked = false
}
