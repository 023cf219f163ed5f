import { refreshForms, showForm } from '../form.ts'
import { keepLocale } from '../link/kept-token.ts'
import { linkToken, reopen } from '../link/token.ts'
import { byId, page } from '../page-data.ts'
import type * as Translation from './translation.ts'

/** Lets the customer choose another language. The form is translated in place, other pages are loaded again. */
export function listenToLanguage(): void {
  const select = byId('language') as HTMLSelectElement
  let shown = select.value
  select.onchange = async () => {
    keepLocale(select.value)
    try {
      // Browsers do not load a module again that could not be loaded.
      const { translate } = (await import(`${page.languageScript}?${Date.now()}`)) as typeof Translation
      const alert = await translate(page, select.value, linkToken())
      if (alert === undefined) return reopen()
      refreshForms()
      showForm('ready', alert)
      select.focus()
      shown = select.value
    } catch {
      // The network is down, or a payment has begun.
      keepLocale((select.value = shown))
    }
  }
}
