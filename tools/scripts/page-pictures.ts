import { readFileSync, writeFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { launchBrowser } from './browser.ts'

// Writes the pictures of the hosted page for the docs, from previews of a running local stack: `npm start`, then
// `npx tsx tools/scripts/page-pictures.ts`.

interface Look {
  locale: string
  theme: 'light' | 'dark'
  width: number
}

const phones = (...looks: [locale: string, theme: Look['theme']][]): Look[] =>
  looks.map(([locale, theme]) => ({ locale, theme, width: 390 }))

/** What each picture shows, side by side: a state in several looks. */
const pictures: Record<string, { state: string; looks: Look[] }> = {
  'page-form': { state: 'form', looks: phones(['en', 'light'], ['de', 'dark'], ['fr', 'light']) },
  'page-declined': { state: 'declined', looks: phones(['en', 'dark'], ['de', 'light'], ['fr', 'dark']) },
  'page-done': { state: 'done', looks: phones(['en', 'light'], ['de', 'dark'], ['fr', 'light']) },
  'page-wide': { state: 'form', looks: [{ locale: 'en', theme: 'light', width: 1100 }] },
}
/** On lower screens the button stays in view, above what scrolls. */
const lowest = 660
const folder = new URL('../../docs/images/', import.meta.url)
const file = `${process.env.LOCAL_DIR || '.local'}/ready.json`
const { api_url, brand_id, secret_key } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>

async function draw(browser: Browser, state: string, { locale, theme, width }: Look): Promise<string> {
  const page = await browser.newPage({
    viewport: { width, height: lowest },
    deviceScaleFactor: 1.25,
    extraHTTPHeaders: { Authorization: `Bearer ${secret_key}` },
  })
  await page.goto(`${api_url}/v1/brands/${brand_id}/preview?${new URLSearchParams({ state, locale, theme })}`)
  await page.locator('html[data-preview="ready"]').waitFor()
  const height = await page.evaluate(() => document.documentElement.getBoundingClientRect().height)
  await page.setViewportSize({ width, height: Math.max(lowest, Math.ceil(height)) })
  const png = await page.screenshot({ fullPage: true })
  await page.close()
  return `data:image/png;base64,${png.toString('base64')}`
}

/** Returns the pictures side by side, as WebP. */
async function compose(browser: Browser, drawn: string[]): Promise<Buffer> {
  const page = await browser.newPage()
  const composed = await page.evaluate(async (urls) => {
    const gap = 24
    const images = urls.map((src) => Object.assign(new Image(), { src }))
    await Promise.all(images.map((image) => image.decode()))
    const canvas = document.createElement('canvas')
    canvas.width = images.reduce((sum, { width }) => sum + width + gap, -gap)
    canvas.height = Math.max(...images.map(({ height }) => height))
    let left = 0
    for (const image of images) {
      canvas.getContext('2d')!.drawImage(image, left, 0)
      left += image.width + gap
    }
    return canvas.toDataURL('image/webp', 0.6)
  }, drawn)
  await page.close()
  return Buffer.from(composed.split(',')[1]!, 'base64')
}

const browser = await launchBrowser()
for (const [name, { state, looks }] of Object.entries(pictures)) {
  const drawn: string[] = []
  for (const look of looks) drawn.push(await draw(browser, state, look))
  const webp = await compose(browser, drawn)
  writeFileSync(new URL(`${name}.webp`, folder), webp)
  console.log(`${name}.webp: ${(webp.length / 1024).toFixed(0)} KB`)
}
await browser.close()
