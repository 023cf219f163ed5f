import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { contrastOf } from '../../../domain/tenant/brand-contrast.ts'
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
  brand: PageModel['brand'] | null
  assets: Assets
  nonce: string
  /** The purpose of the token in the URL; null if it is not valid. */
  link: 'setup' | 'progress' | null
  /** Whether this tab may store a token that opens another page. */
  restores?: boolean
  children: Child
}

/** The frame of every page: the brand's appearance, and the support contact. */
export function Layout({ title, brand, assets, nonce, link, restores, children }: LayoutProps) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{brand ? `${title} · ${brand.name}` : title}</title>
          <link rel="icon" href={assets.icon} type="image/svg+xml" />
          {brand ? <SharedLink brand={brand} /> : null}
          <link rel="stylesheet" href={assets.style} />
          {brand?.colour ? <style nonce={nonce}>{colorsOf(brand.colour)}</style> : null}
          {restores ? <script src={assets.restore}></script> : null}
          {link ? <script nomodule src={assets.oldBrowser} defer></script> : null}
        </head>
        <body data-link={link ?? undefined}>
          <header>
            {brand?.logoUrl ? <img src={brand.logoUrl} alt="" height={32} /> : null}
            {brand ? <span class="brand">{brand.name}</span> : null}
          </header>
          <main>{children}</main>
          {brand?.support ? (
            <footer>
              Questions? <Support contact={brand.support} />
            </footer>
          ) : null}
        </body>
      </html>
    </>
  )
}

/**
 * What chats show of a link that was sent in one (ogp.me), and the color of the browser around the page. The same for
 * every customer and in every state: others in the chat see it, and chats store it.
 */
function SharedLink({ brand }: { brand: PageModel['brand'] }) {
  return (
    <>
      {brand.colour ? <meta name="theme-color" content={brand.colour} /> : null}
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content={brand.name} />
      <meta property="og:title" content="Set up billing" />
      <meta property="og:description" content={`${brand.name} asks you to add a payment method.`} />
    </>
  )
}

/** The brand's color, and those that go with it so that all text can be read. */
function colorsOf(colour: string): string {
  const { onBrand, ink } = contrastOf(colour)
  return `:root{--brand:${colour};--on-brand:${onBrand};--brand-ink:${ink}}`
}

const oldBrowser = 'This browser is too old for this page. Open this link in a current Safari, Chrome, Firefox or Edge.'

/** Message if the page's script does not run: immediately without JavaScript, otherwise after a delay (`page.css`). */
export function NeedsScript() {
  return (
    <>
      <noscript>
        <p role="alert">This page needs JavaScript. Please allow it for this site and reload the page.</p>
      </noscript>
      <p id="needs-script" role="alert" data-old-browser={oldBrowser}>
        The script of this page has not loaded, and the page does not work without it. Please check your connection,
        allow JavaScript for this site, and reload the page.
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
