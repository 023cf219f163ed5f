import { raw } from 'hono/html'
import { nowSentence } from './consent.ts'
import type { Assets } from './layout.tsx'
import type { NoticeData, NoticeModel, PageData, PageModel } from './model.ts'

/** Id of the element with the data for the page's script. */
export const pageDataId = 'page-data'

/** The data for the page's script. It is no script itself, so the Content-Security-Policy does not apply to it. */
export function PageDataBlock({ data }: { data: PageData | NoticeData }) {
  // Escaped, because `</script>` in a name would end the element.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return (
    <script type="application/json" id={pageDataId}>
      {raw(json)}
    </script>
  )
}

/** Returns what the page's script needs of the model. */
export const pageDataOf = (model: PageModel, { framed, wallets, language }: Assets): PageData => ({
  framedScript: framed,
  walletsScript: wallets,
  languageScript: language,
  state: model.state,
  theme: model.theme,
  path: model.path,
  price: model.price,
  amount: model.amount,
  currency: model.currency,
  digits: model.digits,
  itemName: model.itemName,
  replacing: model.replacing,
  gateways: [...model.gateways, ...model.confirming],
  returnUrl: model.returnUrl,
  billingCustomerId: model.billingCustomerId,
  embedOrigins: model.embedOrigins,
  returnTo: model.returnTo,
  paidAt: model.paidAt?.toISOString() ?? null,
  brand: model.brand.name,
  company: model.agreement.company,
  consent: { ...model.consent, language: model.language.tag },
  now: nowSentence(model.language.consent, { ...model.agreement, price: '{price}' }),
  language: model.language.tag,
  locale: withRegion(model.language.tag),
  words: model.language.words,
})

/** Returns what the page's script needs of a page without a form. */
export const noticeDataOf = (
  { brand, language, notice, billingCustomerId, embedOrigins }: NoticeModel,
  { framed, language: languageScript }: Assets,
): NoticeData => ({
  framedScript: framed,
  languageScript,
  brand: brand?.name ?? '',
  words: language.words,
  billingCustomerId,
  embedOrigins,
  ended: endedAs(notice),
})

function endedAs(notice: NoticeModel['notice']): NoticeData['ended'] {
  if (notice === 'canceled' || notice === 'failed') return { type: notice }
  const isUseless = notice === 'expired' || notice === 'replaced' || notice === 'exhausted'
  return isUseless ? { type: 'expired', reason: notice } : undefined
}

/** Returns a tag with its most likely region: `de` is `de-DE`. */
function withRegion(tag: string): string {
  const { language, region } = new Intl.Locale(tag).maximize()
  return `${language}-${region}`
}
