import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { PageTheme } from '../../../domain/hosted-page.ts'
import type { Language } from '../words/languages.ts'
import { fill, type Words } from '../words/words.ts'
import { Colors, Logo } from './brand-look.tsx'
import { LanguageChoice } from './language-choice.tsx'
import type { Marks } from './marks.ts'
import type { PageModel } from './model.ts'

/** Paths of the page's style and scripts. */
export interface Assets {
  style: string
  script: string
  /** The script of a page in a frame, which the other one loads. */
  framed: string
  /** The script that translates the page. */
  language: string
  /** The script that reopens the page whose token this tab stores. */
  restore: string
  /** The script that shows wallets above the card form. */
  wallets: string
  /** The script of browsers in which the other one cannot run. */
  oldBrowser: string
  icon: string
  marks: Marks
}

interface LayoutProps {
  title: string
  language: Language
  brand: PageModel['brand'] | null
  theme: PageTheme
  assets: Assets
  nonce: string
  /** The purpose of the token in the URL; null if it is not valid. */
  link: 'setup' | 'progress' | null
  /** Whether this tab may store a token that opens another page. */
  restores?: boolean
  /** Where the customer can go instead, and whether that is not offered at present. */
  backUrl?: string | null
  hidesBack?: boolean
  /** Whether the page has two columns on a wide screen. */
  hasColumns?: boolean
  /** The page's data and script. */
  scripts?: Child
  children: Child
}

/** The frame of every page: the brand's appearance, and the support contact. */
export function Layout({
  title,
  language,
  brand,
  theme,
  assets,
  nonce,
  link,
  restores,
  backUrl,
  hidesBack,
  hasColumns,
  scripts,
  children,
}: LayoutProps) {
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
          <Colors brand={brand} theme={theme} nonce={nonce} />
          {restores ? <script src={assets.restore}></script> : null}
          {link ? <script nomodule src={assets.oldBrowser} defer></script> : null}
        </head>
        <body data-link={link ?? undefined} class={hasColumns ? 'columns' : undefined}>
          <header>
            {brand && backUrl ? (
              <BackLink id="back" url={backUrl} brand={brand.name} words={language.words} hidden={hidesBack} />
            ) : null}
            {brand ? <Logo brand={brand} theme={theme} /> : null}
            {brand ? <bdi class="brand">{brand.name}</bdi> : null}
            {link ? <LanguageChoice language={language} /> : null}
          </header>
          <main>{children}</main>
          {brand ? <Footer brand={brand} words={language.words} /> : null}
          {scripts}
        </body>
      </html>
    </>
  )
}

/**
 * What chats show of a link that was sent in one (ogp.me). The same for every customer and in every state: others in
 * the chat see it, and chats store it.
 */
function SharedLink({ brand, words }: { brand: PageModel['brand']; words: Words }) {
  return (
    <>
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content={brand.name} />
      <meta property="og:title" content={words.headlines.setUp} />
      <meta property="og:description" content={fill(words.page.shared, { brand: brand.name })} />
    </>
  )
}

interface BackLinkProps {
  /** `return` is the main button of the end, `back` a link at the top. */
  id: 'return' | 'back'
  url: string
  brand: string
  words: Words
  hidden?: boolean | undefined
}

/** A link out of the page. `_top`, because the page may be in a frame of the caller. */
export function BackLink({ id, url, brand, words, hidden }: BackLinkProps) {
  return (
    <a id={id} class={id === 'return' ? 'button' : undefined} href={url} target="_top" hidden={hidden} data-words>
      {fill(words.page.back, { brand })}
    </a>
  )
}

function Footer({ brand, words }: { brand: PageModel['brand']; words: Words }) {
  const { legalName, support, supportPhone, termsUrl, privacyUrl } = brand
  if (support.length === 0 && !legalName && !supportPhone && !termsUrl && !privacyUrl) return null
  return (
    <footer id="foot" data-words>
      {support.length > 0 || supportPhone ? <span>{words.page.questions}</span> : null}
      <Contacts brand={brand} />
      {legalName ? <bdi>{legalName}</bdi> : null}
      {termsUrl ? <NewTab url={termsUrl} text={words.page.terms} /> : null}
      {privacyUrl ? <NewTab url={privacyUrl} text={words.page.privacy} /> : null}
    </footer>
  )
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

/** A link that leaves the page open, with what was typed into it. */
export const NewTab = ({ url, text }: { url: string; text: string }) => (
  <a href={url} target="_blank" rel="noopener">
    {text}
  </a>
)

/** Where customers get support. */
export function Contacts({ brand: { support, supportPhone } }: { brand: PageModel['brand'] }) {
  return (
    <>
      {support.map((contact) => (
        <>
          <Support contact={contact} />{' '}
        </>
      ))}
      {supportPhone ? (
        <a href={`tel:${supportPhone}`} dir="ltr">
          {supportPhone}
        </a>
      ) : null}
    </>
  )
}

function Support({ contact }: { contact: string }) {
  const address = contact.replace(/^mailto:/i, '')
  if (/^\S+@\S+$/.test(address)) return <a href={`mailto:${address}`}>{address}</a>
  if (/^https:\/\//.test(contact)) return <NewTab url={contact} text={contact.replace('https://', '')} />
  return <bdi>{contact}</bdi>
}
