import { expect, test } from 'vitest'
import { contrastBetween } from '../../../domain/tenant/brand-contrast.ts'
import { pageColors, schemes } from '../../../domain/tenant/page-colors.ts'

test.each(schemes)('%s: text can be read on each background, and edges of controls can be seen', (scheme) => {
  const { ground, card, alert, note, text, quiet, good, bad, line } = pageColors[scheme]
  for (const background of [ground, card, alert, note])
    expect(contrastBetween(text, background)).toBeGreaterThanOrEqual(7)
  for (const background of [ground, card]) {
    for (const color of [quiet, good, bad]) expect(contrastBetween(color, background)).toBeGreaterThanOrEqual(4.5)
    expect(contrastBetween(line, background)).toBeGreaterThanOrEqual(3)
  }
})
