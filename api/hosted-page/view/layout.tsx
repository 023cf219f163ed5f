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
          <link rel="stylesheet" href={assets.style} />
          {brand?.colour ? <style nonce={nonce}>{colorsOf(brand.colour)}</style> : null}
          {restores ? <script src={assets.restore}></script> : null}
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

/** The brand's color, and those that go with it so that all text can be read. */
function colorsOf(colour: string): string {
  const { onBrand, ink } = contrastOf(colour)
  return `:root{--brand:${colour};--on-brand:${onBrand};--brand-ink:${ink}}`
}

/** Message if the page's script does not run: immediately without JavaScript, otherwise after a delay (`page.css`). */
export function NeedsScript() {
  return (
    <>
      <noscript>
        <p role="alert">This page needs JavaScript. Please allow it for this site and reload the page.</p>
      </noscript>
      <p id="needs-script" role="alert">
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
