import type { PageTheme } from '../../../domain/hosted-page.ts'
import { pageColors } from '../../../domain/tenant/page-colors.ts'
import type { PageModel } from './model.ts'
import { brandStyle } from './tokens.ts'

type Brand = PageModel['brand'] | null

const darkDevice = '(prefers-color-scheme:dark)'

/**
 * The colors of the page and of the browser around it. Without a brand, the style is in the style sheet: the page
 * needs no nonce.
 */
export function Colors({ brand, theme, nonce }: { brand: Brand; theme: PageTheme; nonce: string }) {
  const dark = pageColors.dark.ground
  return (
    <>
      <meta name="color-scheme" content={theme === 'auto' ? 'light dark' : theme} />
      {theme === 'auto' ? <meta name="theme-color" content={dark} media={darkDevice} /> : null}
      <meta name="theme-color" content={theme === 'dark' ? dark : (brand?.colour ?? pageColors.light.ground)} />
      {brand ? <style nonce={nonce}>{brandStyle(brand, theme)}</style> : null}
    </>
  )
}

/** The logo, on dark pages the one for them. Its name is beside it. */
export function Logo({ brand, theme }: { brand: NonNullable<Brand>; theme: PageTheme }) {
  const { logoUrl, logoDarkUrl } = brand
  const url = theme === 'dark' ? (logoDarkUrl ?? logoUrl) : logoUrl
  if (url === null) return null
  return (
    <picture>
      {theme === 'auto' && logoDarkUrl ? <source srcset={logoDarkUrl} media={darkDevice} /> : null}
      <img src={url} alt="" height={32} class={logoDarkUrl ? undefined : 'plate'} />
    </picture>
  )
}
