import type { Appearance } from '@stripe/stripe-js'
import { page } from '../page-data.ts'

// The card form has the look of the page around it: docs.stripe.com/elements/appearance-api.

const darkDevice = matchMedia('(prefers-color-scheme: dark)')

/** Returns the look of the vendor's form: the tokens of the page (`view/tokens.ts`), as they are now. */
export function appearance(): Appearance {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const [ink, card, quiet] = [token('brand-ink'), token('card'), token('quiet')]
  const isDark = page.theme === 'dark' || (page.theme === 'auto' && darkDevice.matches)
  return {
    theme: isDark ? 'night' : 'stripe',
    variables: {
      fontFamily: `${token('font')}, sans-serif`,
      fontSizeBase: style.fontSize,
      borderRadius: token('corner'),
      colorPrimary: ink,
      accessibleColorOnColorPrimary: card,
      colorBackground: card,
      colorText: token('text'),
      colorTextSecondary: quiet,
      colorTextPlaceholder: quiet,
      colorSuccess: token('good'),
      colorDanger: token('bad'),
    },
    rules: {
      '.Input': { border: `1px solid ${token('line')}`, boxShadow: 'none' },
      '.Input:focus': { borderColor: ink, outline: `2px solid ${ink}`, boxShadow: 'none' },
      '.Input--invalid': { borderColor: token('bad'), boxShadow: 'none' },
    },
  }
}

/** Calls `update` whenever the customer's device changes between light and dark. */
export function onSchemeChange(update: () => void): void {
  // Not `addEventListener`, which Safari 13 does not have here.
  darkDevice.onchange = update
}
