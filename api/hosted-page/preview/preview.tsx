import type { Context } from 'hono'
import {
  linkNotices,
  noticesOfNobody,
  pseudoLocale,
  type LinkNotice,
  type NoticeOfNobody,
  type PreviewRequest,
  type PreviewState,
} from '../../../domain/tenant/page-previews.ts'
import type { Brand } from '../../../store/tenants/brands.ts'
import { readSettings } from '../../../store/tenants/settings.ts'
import { readAsset, typeOf } from '../../assets/serve-asset.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { setPreviewHeaders } from '../headers.ts'
import { noticeModel, noticeOfNobody } from '../notice-model.ts'
import { modelWith, sidesOf } from '../page-model.ts'
import type { Assets } from '../view/layout.tsx'
import type { PageModel } from '../view/model.ts'
import { marksWith } from '../view/marks.ts'
import { NoticePage } from '../view/notice.tsx'
import { styleSheet } from '../view/tokens.ts'
import { SetupPage } from '../view/setup.tsx'
import { findLanguage, languages, pseudoLanguage } from '../words/languages.ts'
import { sampleItem, sampleLink } from './sample-link.ts'

/** The page's files inside the page, which can then be stored and opened as one file. */
const dataUrl = (name: string, make = (text: string) => text): string =>
  `data:${typeOf(name).replace(' ', '')};base64,${Buffer.from(make(readAsset(name))).toString('base64')}`

const noScript = 'data:text/javascript,'
let assets: Assets | undefined
const assetsOfPreview = (): Assets =>
  (assets ??= {
    style: dataUrl('page.css', styleSheet),
    script: dataUrl('preview.js'),
    framed: noScript,
    language: noScript,
    restore: noScript,
    wallets: noScript,
    oldBrowser: dataUrl('old-browser.js'),
    icon: dataUrl('icon.svg'),
    marks: marksWith(dataUrl),
  })

const isLinkNotice = (state: PreviewState): state is LinkNotice => (linkNotices as readonly string[]).includes(state)
const isOfNobody = (state: PreviewState): state is NoticeOfNobody =>
  (noticesOfNobody as readonly string[]).includes(state)

/**
 * Responds with the hosted page of a brand in one of its states, as HTML without any other file. Its data is an
 * example, and its script makes no call.
 */
export async function drawPreview(c: Context, d: ApiDependencies, brand: Brand, asked: PreviewRequest) {
  const nonce = setPreviewHeaders(c, [brand.logoUrl, brand.logoDarkUrl])
  const { state, locale } = asked
  const language = locale === pseudoLocale ? pseudoLanguage : (findLanguage(locale ?? '') ?? languages[0])
  const settings = await readSettings(d.database, d.settingDefaults, brand)
  const link = sampleLink({ ...asked, brand, settings })
  const shared = { assets: assetsOfPreview(), nonce }
  if (isOfNobody(state)) return c.html(<NoticePage model={noticeOfNobody(language, state)} {...shared} />)
  if (isLinkNotice(state)) return c.html(<NoticePage model={noticeModel(link, language)} {...shared} />)
  const shown = { item: sampleItem(asked.kind), sides: await sidesOf(d, link) }
  const model = withoutVendors(modelWith(shown, d, link, language))
  return c.html(<SetupPage model={{ ...model, path: `preview:${state}` }} {...shared} />)
}

/** Nothing of a vendor is loaded. */
const withoutVendors = (model: PageModel): PageModel => ({
  ...model,
  gateways: model.gateways.map((gateway) => ({ ...gateway, publishableKey: '', scriptUrl: noScript })),
})
