import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contrastBetween, contrastOf } from '../../../domain/tenant/brand-contrast.ts'

// The ratios are those that WCAG's techniques and public checkers publish.
test.each([
  ['#000000', '#ffffff', 21],
  ['#ffffff', '#ffffff', 1],
  ['#ffff00', '#ffffff', 1.07],
  ['#ff9900', '#ffffff', 2.14],
  ['#777777', '#ffffff', 4.48],
  ['#767676', '#ffffff', 4.54],
])('%s on %s has a contrast of %f', (a, b, ratio) => {
  expect(contrastBetween(a, b)).toBeCloseTo(ratio, 2)
  expect(contrastBetween(b, a)).toBeCloseTo(ratio, 2)
})

test.each([
  ['#2f5bd7', { onBrand: '#ffffff', ratio: 5.83, ink: '#2f5bd7', inkDark: '#5f81e1' }],
  ['#ffff00', { onBrand: '#000000', ratio: 19.55, ink: '#757500', inkDark: '#ffff00' }],
  ['#ffffff', { onBrand: '#000000', ratio: 21, ink: '#707070', inkDark: '#ffffff' }],
  ['#000000', { onBrand: '#ffffff', ratio: 21, ink: '#000000', inkDark: '#888888' }],
])('%s gets text and ink that can be read', (colour, expected) => {
  expect(contrastOf(colour)).toEqual(expected)
})

test('text on any brand color, and any brand color as text, can be read', () => {
  const colour = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`)
  fc.assert(
    fc.property(colour, (brand) => {
      const { onBrand, ratio, ink, inkDark } = contrastOf(brand)
      expect(contrastBetween(onBrand, brand)).toBeGreaterThanOrEqual(4.5)
      expect(ratio).toBeGreaterThanOrEqual(4.5)
      for (const background of ['#ffffff', '#f5f6f9'])
        expect(contrastBetween(ink, background)).toBeGreaterThanOrEqual(4.5)
      for (const background of ['#0f131a', '#191f29'])
        expect(contrastBetween(inkDark, background)).toBeGreaterThanOrEqual(4.5)
    }),
    { numRuns: 200 },
  )
})
