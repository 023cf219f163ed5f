import fc from 'fast-check'
import { expect, test } from 'vitest'
import { brandStyle, styleSheet, tokensOf } from '../../../../api/hosted-page/view/tokens.ts'
import { contrastBetween } from '../../../../domain/tenant/brand-contrast.ts'
import { schemes } from '../../../../domain/tenant/page-colors.ts'

const brand = { colour: '#ffff00', corner: 'pill', font: 'mono' } as const

test.each(schemes)('%s: with 200 random brand colors, all text can be read', (scheme) => {
  const colours = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`)
  fc.assert(
    fc.property(colours, (colour) => {
      const tokens = tokensOf({ ...brand, colour }, scheme)
      expect(contrastBetween(tokens['on-brand'], tokens.brand)).toBeGreaterThanOrEqual(4.5)
      for (const background of [tokens.ground, tokens.card]) {
        for (const text of [tokens['brand-ink'], tokens.quiet, tokens.text])
          expect(contrastBetween(text, background)).toBeGreaterThanOrEqual(4.5)
        expect(contrastBetween(tokens.line, background)).toBeGreaterThanOrEqual(3)
      }
    }),
    { numRuns: 200 },
  )
})

test('the style follows the device only with the theme auto, which the style sheet does by itself', () => {
  const media = (style: string) => /@media ([^{]+)\{/.exec(style)?.[1]
  const [light, dark] = ['--ground:#f5f6f9', '--ground:#0f131a']
  const sheet = styleSheet('a {\n  /* b */\n  color: red;\n}\n')
  expect(sheet).toContain('}}a{color:red}')
  expect(media(sheet)).toBe('screen and (prefers-color-scheme:dark)')
  expect(sheet.indexOf(dark)).toBeGreaterThan(sheet.indexOf(light))
  expect(media(brandStyle(brand, 'auto'))).toBe('screen and (prefers-color-scheme:dark)')
  expect(media(brandStyle(brand, 'light'))).toBe(undefined)
  expect(brandStyle(brand, 'light')).toContain(light)
  // Paper is light.
  expect(media(brandStyle(brand, 'dark'))).toBe('screen')
  expect(brandStyle(brand, 'dark').indexOf(dark)).toBeGreaterThan(brandStyle(brand, 'dark').indexOf(light))
  for (const theme of ['auto', 'light', 'dark'] as const) {
    expect(brandStyle(brand, theme)).toContain('--brand:#ffff00;--on-brand:#000000')
    expect(brandStyle(brand, theme)).toContain('--corner:24px;--font:ui-monospace, Menlo')
  }
})
