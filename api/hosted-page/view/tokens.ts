import type { PageTheme } from '../../../domain/hosted-page.ts'
import { contrastOf } from '../../../domain/tenant/brand-contrast.ts'
import type { BrandLooks } from '../../../domain/tenant/brand-looks.ts'
import { pageColors, type Scheme } from '../../../domain/tenant/page-colors.ts'

// The values of the page's style, as CSS custom properties: `--brand` and so on. `page.css` and the vendors' forms use
// them, and nothing there has a color of its own.

type TokenBrand = Pick<BrandLooks, 'colour' | 'corner' | 'font'>

const plainBrand: TokenBrand = { colour: null, corner: null, font: null }
const ownColour = '#2f5bd7'
const corners = { square: '0px', rounded: '8px', pill: '24px' }
const fonts = { system: 'system-ui', serif: 'ui-serif, Georgia', rounded: 'ui-rounded', mono: 'ui-monospace, Menlo' }

type Tokens = Record<string, string>

/** Returns the tokens that depend on the brand. */
function brandTokens({ colour, corner, font }: TokenBrand, scheme: Scheme) {
  const brand = colour ?? ownColour
  const { onBrand, ink, inkDark } = contrastOf(brand)
  return {
    brand,
    'on-brand': onBrand,
    'brand-ink': scheme === 'light' ? ink : inkDark,
    corner: corners[corner ?? 'rounded'],
    font: fonts[font ?? 'system'],
  }
}

/** Returns all tokens of the light or the dark page, without their `--`. */
export const tokensOf = (brand: TokenBrand, scheme: Scheme) => ({
  ...brandTokens(brand, scheme),
  ...pageColors[scheme],
  // Behind a logo that was made for a light page.
  plate: scheme === 'light' ? 'transparent' : '#ffffff',
})

/** Dark colors are for screens: printers omit backgrounds, and would print light text on white paper. */
const darkMedia: Record<PageTheme, string | null> = {
  auto: 'screen and (prefers-color-scheme:dark)',
  light: null,
  dark: 'screen',
}

const ruleOf = (tokens: Tokens) =>
  `:root{${Object.entries(tokens)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')}}`

function styleOf(light: Tokens, dark: Tokens, theme: PageTheme): string {
  const media = darkMedia[theme]
  const differing = Object.fromEntries(Object.entries(dark).filter(([name, value]) => value !== light[name]))
  return media ? `${ruleOf(light)}@media ${media}{${ruleOf(differing)}}` : ruleOf(light)
}

/** Returns the style of a page with a brand, after the style sheet, which follows the customer's device by itself. */
export function brandStyle(brand: TokenBrand, theme: PageTheme): string {
  const tokens = theme === 'auto' ? brandTokens : tokensOf
  return styleOf(tokens(brand, 'light'), tokens(brand, 'dark'), theme)
}

/**
 * Returns the style sheet of all pages: the tokens of a page without a brand, and the file without its comments and
 * spaces.
 */
export const styleSheet = (file: string): string =>
  styleOf(tokensOf(plainBrand, 'light'), tokensOf(plainBrand, 'dark'), 'auto') +
  file.replace(/\/\*[^]*?\*\/|\n\s*/g, '').replace(/(?<=[:,]) | (?=\{)|;(?=\})/g, '')
