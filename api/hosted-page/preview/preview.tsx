import { readFileSync } from 'node:fs'
import type { Context } from 'hono'
import {
  noticeStates,
  playedStates,
  pseudoLocale,
  type NoticeState,
  type PlayedState,
  type PreviewRequest,
  type PreviewState,
} from '../../../domain/tenant/page-previews.ts'
import type { Brand } from '../../../store/tenants/brands.ts'
import { readSettings } from '../../../store/tenants/settings.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { setPreviewHeaders } from '../headers.ts'
import { noticeModel, pageModel } from '../page-model.ts'
import type { Assets } from '../view/layout.tsx'
import type { PageModel } from '../view/model.ts'
import { NoticePage } from '../view/notice.tsx'
import { styleSheet } from '../view/tokens.ts'
import { SetupPage } from '../view/setup.tsx'
import { findLanguage, languages, pseudoLanguage } from '../words/languages.ts'
import { sampleLink } from './sample-link.ts'

const types = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' }

/** The page's files inside the page, which can then be stored and opened as one file. */
const dataUrl = (name: string): string => {
  const type = types[name.split('.').at(-1) as keyof typeof types]
  const content = readFileSync(new URL(`../../assets/${name}`, import.meta.url), 'utf8')
  const served = name === 'page.css' ? styleSheet(content) : content
  return `data:${type};base64,${Buffer.from(served).toString('base64')}`
}

let assets: Assets | undefined
const assetsOfPreview = (): Assets =>
  (assets ??= {
    style: dataUrl('page.css'),
    script: dataUrl('preview.js'),
    restore: 'data:text/javascript,',
    oldBrowser: dataUrl('old-browser.js'),
    icon: dataUrl('icon.svg'),
  })

const isNotice = (state: PreviewState): state is NoticeState => (noticeStates as readonly string[]).includes(state)
const isPlayed = (state: PreviewState): state is PlayedState => Object.hasOwn(playedStates, state)

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
  if (isNotice(state)) {
    const model = { ...noticeModel(link, language), notice: state, ...partsOfNotice(state) }
    return c.html(<NoticePage model={model} {...shared} />)
  }
  const model = withoutVendors(await pageModel(d, link, language))
  const drawn = isPlayed(state) ? 'form' : state
  return c.html(<SetupPage model={{ ...model, state: drawn, path: `preview:${state}` }} {...shared} />)
}

/** The notices that are shown to anybody have neither a brand nor a way on. */
function partsOfNotice(state: NoticeState) {
  if (state === 'expired' || state === 'exhausted') return { newLinkPath: 'preview:new-link' }
  if (state === 'replaced' || state === 'canceled' || state === 'failed') return {}
  return { brand: null, link: null, backUrl: null }
}

/** Nothing of a vendor is loaded. */
const withoutVendors = (model: PageModel): PageModel => ({
  ...model,
  gateways: model.gateways.map((gateway) => ({ ...gateway, publishableKey: '', scriptUrl: 'data:text/javascript,' })),
})
