import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { isolatedContext } from '../../../../tools/scripts/browser.ts'
import { pageDataIn } from '../../../support/world/page-data.ts'
import { openOnPhone, pageWorld } from '../../../support/phone.ts'

const own = pageWorld(() => ({ worker: false }))

/** Fetches without unpacking, which `fetch` cannot. */
async function fetchPacked(url: string | URL) {
  const { request } = await import('node:http')
  return new Promise<{ body: Buffer; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const call = request(url, { headers: { 'Accept-Encoding': 'gzip' } }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => resolve({ body: Buffer.concat(parts), headers: answer.headers }))
    })
    call.on('error', reject).end()
  })
}

const drawn = new RegExp(
  [
    '(<(?:style|script)\\b.*?</(?:style|script)>)',
    '>([^<>]+)(?=<)',
    '(?:aria-label|data-old-browser|property="og:(?:title|description)" content)="([^"]+)"',
  ].join('|'),
  'gs',
)

/** Returns a page without its words, and the words: those of the script's data, of texts and of attributes. */
function splitWords(html: string): { frame: string; words: string } {
  const { words, now } = pageDataIn(html)
  const inData = [JSON.stringify(words), JSON.stringify(now)]
  for (const json of inData) expect(html).toContain(json)
  const found = [...inData]
  const frame = inData
    .reduce((left, json) => left.replace(json, ''), html)
    .replace(drawn, (all, script?: string, text?: string, attribute?: string) => {
      if (script !== undefined) return script
      found.push((text ?? attribute)!)
      return text === undefined ? all.replace(`"${attribute}"`, '""') : '>'
    })
  return { frame, words: found.join('\n') }
}

test('our own HTML, CSS and JavaScript are at most 12 KB, and the words 4 KB, all compressed', async () => {
  const { page } = await own.world.openSetup()
  const html = await fetchPacked(page.url)
  expect(html.headers['content-encoding']).toBe('gzip')
  const text = gunzipSync(html.body).toString()
  const { frame, words } = splitWords(text)
  for (const said of ['By continuing, you agree', 'Add a payment method', 'Open this link in a current'])
    expect([frame.includes(said), words.includes(said)]).toEqual([false, true])
  const paths = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
  expect(paths.map((path) => path.split('/').at(-1)).sort()).toEqual([
    'browser.js',
    'icon.svg',
    'old-browser.js',
    'page.css',
    'paypal.svg',
  ])
  let total = gzipSync(frame).length
  // A gateway's mark is not our own.
  for (const path of paths.filter((each) => !each.endsWith('/paypal.svg'))) {
    const { body, headers } = await fetchPacked(`${own.world.apiUrl}${path}`)
    expect([path, headers['content-encoding']]).toEqual([path, 'gzip'])
    total += body.length
  }
  expect(total).toBeLessThanOrEqual(12 * 1024)
  expect(gzipSync(words).length).toBeLessThanOrEqual(4 * 1024)
})

test('the header Link names the page’s script, and the vendors’ hosts while their forms are shown', async () => {
  const { page } = await own.world.openSetup()
  const [stripe, paypal] = [new URL(own.world.simulator.url).origin, new URL(own.world.paypal!.url).origin]
  const { headers, body } = await page.open()
  const script = /src="(\/assets\/[^"]+\/browser\.js)"/.exec(body)![1]
  expect(headers.get('link')).toBe(
    `<${script}>; rel=modulepreload, <${stripe}>; rel=preconnect, <${paypal}>; rel=preconnect`,
  )
  // Without a worker it stays in progress, where no form is shown.
  expect((await page.submitCard()).status).toBe(202)
  expect((await page.open()).headers.get('link')).toBe(`<${script}>; rel=modulepreload`)
})

test('a chat that shows the link learns the brand and nothing of the customer, whatever has happened', async () => {
  const { status, body: brand } = await own.world.asNative('POST', '/v1/brands', {
    name: 'Tailspin',
    colour: '#aa3300',
  })
  expect(status).toBe(201)
  const { page, bc } = await own.world.openSetup(undefined, { brand_id: brand.id })
  const shared = async () =>
    [...((await page.open()).body as string).matchAll(/<meta (?:property="og:|name="theme)[^>]+>/g)].map(String)
  const before = await shared()
  expect(before).toEqual([
    '<meta property="og:type" content="website"/>',
    '<meta property="og:site_name" content="Tailspin"/>',
    '<meta property="og:title" content="Set up billing"/>',
    '<meta property="og:description" content="Tailspin asks you to add a payment method."/>',
    '<meta name="theme-color" content="#0f131a" media="(prefers-color-scheme:dark)"/>',
    '<meta name="theme-color" content="#aa3300"/>',
  ])
  await own.world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
  expect(await shared()).toEqual(before)
  const nobody = await fetch(`${page.url.origin}${page.url.pathname}?token=wrong`)
  expect(await nobody.text()).not.toContain('og:')
})

test('the tab has an icon, PayPal its own mark, and the browser reports nothing', async () => {
  const { page: setup } = await own.world.openSetup()
  const phone = await openOnPhone(own.browser, setup.url.href)
  const icon = await phone.page.getAttribute('link[rel="icon"]', 'href')
  const answer = await fetch(`${own.world.apiUrl}${icon}`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
  await phone.page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false }).waitFor()
  const paypal = phone.page.getByRole('radio', { name: 'PayPal', exact: true })
  const mark = phone.page.locator('.choice', { has: paypal }).locator('img')
  expect(await mark.evaluate((img: HTMLImageElement) => [img.complete, img.naturalWidth > 0])).toEqual([true, true])
  expect(phone.complaints).toEqual([])
  await phone.close()
})

test('a browser without modules is told at once which browsers can be used', async () => {
  const { page: setup } = await own.world.openSetup()
  const { context } = await isolatedContext(own.browser, {})
  const page = await context.newPage()
  // As such a browser reads the page: modules do not run, `nomodule` means nothing.
  await page.route(setup.url.href, async (route) => {
    const answer = await route.fetch()
    const html = (await answer.text()).replaceAll('type="module"', 'type="unknown"').replace(' nomodule=""', '')
    await route.fulfill({ response: answer, body: html })
  })
  await page.clock.install()
  await page.goto(setup.url.href)
  const message = page
    .getByRole('alert')
    .filter({ hasText: 'Open this link in a current Safari, Chrome, Firefox or Edge' })
  await message.waitFor()
  await context.close()
})
