import type { Page } from 'playwright-core'

/** A text whose contrast with what is behind it is too low (WCAG 2.2, 1.4.3, level AA). */
export interface LowContrast {
  text: string
  color: string
  behind: string
  ratio: number
}

/**
 * Returns the texts of a page whose contrast is below 4.5, or below 3 if they are large: 24 px, or 18.66 px in bold.
 * Each pair of colors is returned once. Throws if a color is not opaque, which is not computed here.
 */
export const lowContrasts = (page: Page): Promise<LowContrast[]> =>
  page.evaluate(() => {
    const channels = (color: string) => {
      const [red, green, blue, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number)
      return { rgb: [red!, green!, blue!], alpha }
    }
    const luminance = (color: string) => {
      const [red, green, blue] = channels(color).rgb.map((value) => {
        const share = value / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
    }
    const behindOf = (element: Element): string => {
      for (let each: Element | null = element; each; each = each.parentElement) {
        const { backgroundColor, backgroundImage, opacity } = getComputedStyle(each)
        const { alpha } = channels(backgroundColor)
        if (backgroundImage !== 'none' || opacity !== '1' || (alpha !== 0 && alpha !== 1))
          throw new Error(`${each.tagName}: its background is not one opaque color`)
        if (alpha === 1) return backgroundColor
      }
      throw new Error('the page has no background')
    }
    const found = new Map<string, { text: string; color: string; behind: string; ratio: number }>()
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const text = texts.currentNode.nodeValue!.trim()
      const element = texts.currentNode.parentElement!
      if (!text || ['SCRIPT', 'STYLE'].includes(element.tagName)) continue
      const { color, fontSize, fontWeight } = getComputedStyle(element)
      const behind = behindOf(element)
      const [lighter, darker] = [luminance(color), luminance(behind)].sort((one, other) => other - one)
      const ratio = (lighter! + 0.05) / (darker! + 0.05)
      const size = parseFloat(fontSize)
      const isLarge = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700)
      if (ratio < (isLarge ? 3 : 4.5)) found.set(`${color} ${behind}`, { text, color, behind, ratio })
    }
    return [...found.values()]
  })
