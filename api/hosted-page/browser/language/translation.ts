import type { PageData } from '../../view/model.ts'

// The script that is loaded when the customer chooses another language.

/**
 * Writes the words of another language into the page and its data. Returns the message above the button, or undefined
 * if the page has no form any more. Rejects if the network is down, or a payment has begun meanwhile.
 */
export async function translate(page: PageData, locale: string, token: string): Promise<string | undefined> {
  const form = document.getElementById('payment')
  if (form?.hidden !== false) return undefined
  const other = await readPage(page.path, locale, token)
  if (form.hidden || form.getAttribute('aria-busy') === 'true') throw new Error('a payment has begun')
  const data = JSON.parse(other.getElementById('page-data')?.textContent ?? '{}') as PageData
  if (data.state !== 'form') return undefined
  for (const { id, innerHTML } of other.querySelectorAll('[data-words]')) {
    const shown = document.getElementById(id)
    if (shown) shown.innerHTML = innerHTML
  }
  const { lang, dir } = other.documentElement
  Object.assign(document.documentElement, { lang, dir })
  document.getElementById('language')?.setAttribute('aria-label', data.words.page.language)
  // The server does not draw the row of wallets.
  const orCard = document.getElementById('or-card')
  if (orCard) orCard.textContent = data.words.form.orCard
  Object.assign(page, data)
  return other.getElementById('alert')?.textContent ?? ''
}

async function readPage(path: string, locale: string, token: string): Promise<Document> {
  const response = await fetch(`${path}?locale=${locale}`, { headers: { 'Setup-Token': token }, cache: 'no-store' })
  // Its style has the nonce of another page, which this page's Content-Security-Policy reports.
  const text = (await response.text()).replace(/<style[^]*?<\/style>/, '')
  return new DOMParser().parseFromString(text, 'text/html')
}
