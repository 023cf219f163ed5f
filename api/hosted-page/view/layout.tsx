import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { contrastOf } from '../../../domain/tenant/brand-contrast.ts'
import type { Language } from '../words/languages.ts'
import { fill, type Words } from '../words/words.ts'
import type { PageModel } from './model.ts'

/** Paths of the page's style and scripts. */
export interface Assets {
  style: string
  script: string
  /** The script that reopens the page whose token this tab stores. */
  restore: string
  /** The script of browsers in which the other one cannot run. */
  oldBrowser: string
  icon: string
}

interface LayoutProps {
  title: string
  language: Language
  brand: PageModel['brand'] | null
  assets: Assets
  nonce: string
  /** The purpose of the token in the URL; null if it is not valid. */
  link: 'setup' | 'progress' | null
  /** Whether this tab may store a token that opens another page. */
  restores?: boolean
  /** The page's data and script. */
  scripts?: Child
  children: Child
}

/** The frame of every page: the brand's appearance, and the support contact. */
export function Layout({ title, language, brand, assets, nonce, link, restores, scripts, children }: LayoutProps) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={language.tag} dir={language.direction}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{brand ? `${title} · ${brand.name}` : title}</title>
          <link rel="icon" href={assets.icon} type="image/svg+xml" />
          {brand ? <SharedLink brand={brand} words={language.words} /> : null}
          <link rel="stylesheet" href={assets.style} />
          {brand?.colour ? <style nonce={nonce}>{colorsOf(brand.colour)}</style> : null}
          {restores ? <script src={assets.restore}></script> : null}
          {link ? <script nomodule src={assets.oldBrowser} defer></script> : null}
        </head>
        <body data-link={link ?? undefined}>
          <header>
            {brand?.logoUrl ? <img src={brand.logoUrl} alt="" height={32} /> : null}
            {brand ? <bdi class="brand">{brand.name}</bdi> : null}
          </header>
          <main>{children}</main>
          {brand?.support ? (
            <footer>
              {language.words.page.questions} <Support contact={brand.support} />
            </footer>
          ) : null}
          {scripts}
        </body>
      </html>
    </>
  )
}

/**
 * What chats show of a link that was sent in one (ogp.me), and the color of the browser around the page. The same for
 * every customer and in every state: others in the chat see it, and chats store it.
 */
function SharedLink({ brand, words }: { brand: PageModel['brand']; words: Words }) {
  return (
    <>
      {brand.colour ? <meta name="theme-color" content={brand.colour} /> : null}
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content={brand.name} />
      <meta property="og:title" content={words.headlines.setUp} />
      <meta property="og:description" content={fill(words.page.shared, { brand: brand.name })} />
    </>
  )
}

/** The brand's color, and those that go with it so that all text can be read. */
function colorsOf(colour: string): string {
  const { onBrand, ink } = contrastOf(colour)
  return `:root{--brand:${colour};--on-brand:${onBrand};--brand-ink:${ink}}`
}

/** Message if the page's script does not run: immediately without JavaScript, otherwise after a delay (`page.css`). */
export function NeedsScript({ words }: { words: Words }) {
  return (
    <>
      <noscript>
        <p role="alert">{words.alerts.needsScript}</p>
      </noscript>
      <p id="needs-script" role="alert" data-old-browser={words.alerts.oldBrowser}>
        {words.alerts.scriptNotLoaded}
      </p>
    </>
  )
}

function Support({ contact }: { contact: string }) {
  const address = contact.replace(/^mailto:/i, '')
  if (/^\S+@\S+$/.test(address)) return <a href={`mailto:${address}`}>{address}</a>
  if (/^https:\/\//.test(contact)) return <a href={contact}>{contact.replace('https://', '')}</a>
  return <span>{contact}</span>
}
