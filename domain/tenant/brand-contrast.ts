// Colors computed from a brand's color, so that every text with it can be read. The rules are those of WCAG 2.2: 1.4.3
// (text, 4.5:1) and the definitions of relative luminance and contrast ratio.

import { pageColors, type Scheme } from './page-colors.ts'

/** Colors as `#rrggbb`. `ratio` is the contrast between `onBrand` and the brand's color. */
export interface BrandContrast {
  /** Text on the brand's color: white, or black where white cannot be read. */
  onBrand: string
  ratio: number
  /** The brand's color, darkened as far as text of that color needs on the light page. */
  ink: string
  /** The brand's color, lightened as far as text of that color needs on the dark page. */
  inkDark: string
}

const least = 4.5

/** Returns the colors that go with a brand's color, which is given as `#rrggbb`. */
export function contrastOf(colour: string): BrandContrast {
  const white = contrastBetween('#ffffff', colour)
  const onBrand = white >= least ? '#ffffff' : '#000000'
  return { onBrand, ratio: Math.floor(contrastBetween(onBrand, colour) * 100) / 100, ...inks(colour) }
}

const inks = (colour: string) => ({ ink: inkOn('light', colour), inkDark: inkOn('dark', colour) })

/** Returns the contrast ratio of two colors, from 1 to 21. */
export function contrastBetween(a: string, b: string): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

/**
 * Returns the shade of the color, in steps of 1 %, that is closest to it and can be read on both backgrounds of the
 * page: a darker one on the light page, a lighter one on the dark page.
 */
function inkOn(scheme: Scheme, colour: string): string {
  const { ground, card } = pageColors[scheme]
  const [end, round] = scheme === 'light' ? [0, Math.floor] : [255, Math.ceil]
  for (let percent = 100; percent > 0; percent--) {
    const shade = hex(channels(colour).map((channel) => round(end + ((channel - end) * percent) / 100)))
    if ([ground, card].every((background) => contrastBetween(shade, background) >= least)) return shade
  }
  return scheme === 'light' ? '#000000' : '#ffffff'
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const channels = (colour: string) => [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16))
const hex = (parts: number[]) => `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
