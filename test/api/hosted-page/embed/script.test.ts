import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isolatedContext } from '../../../../tools/scripts/browser.ts'
import { openParentSite, type ParentSite } from '../../../support/servers/parent-site.ts'
import { pageWorld } from '../../../support/phone.ts'

// /embed.js itself: how it is served, what it refuses, and whom the page does not answer.

let site: ParentSite
beforeAll(async () => {
  site = await openParentSite(() => own.world.apiUrl)
})
afterAll(() => site.close())

const own = pageWorld(() => ({ worker: false }))

test('is small, may be loaded and checked by every site, and has the hash in the documentation', async () => {
  const url = `${own.world.apiUrl}/embed.js`
  const response = await fetch(url, { headers: { Origin: 'https://app.example' } })
  const text = await response.text()
  expect(response.status).toBe(200)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'public, max-age=300',
    vary: 'Accept-Encoding',
  })
  const again = await fetch(url, { headers: { 'If-None-Match': response.headers.get('etag')! } })
  expect(again.status).toBe(304)
  expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(2 * 1024)
  const hash = `sha384-${createHash('sha384').update(text).digest('base64')}`
  const document = readFileSync(new URL('../../../../docs/embedding.md', import.meta.url), 'utf8')
  expect(document.match(/sha384-[\w+/]{64}/g)).toEqual([hash])
})

/** Calls `mount` on the site and returns the error; null if there is none. */
const mountError = (page: Page, options: string, element = 'document.getElementById("here")') =>
  page.evaluate(`(() => {
    try { BillingSetup.mount(${element}, ${options}).unmount(); return null }
    catch (error) { return error instanceof TypeError ? error.message : String(error) }
  })()`)

test('names the argument that is wrong', async () => {
  const { context } = await isolatedContext(own.browser, {})
  const page = await context.newPage()
  await page.goto(site.origin)
  const url = '"https://pay.example/setup"'
  const errors: [string, string][] = [
    ['undefined', 'options must be an object with a url'],
    ['{}', 'url must be a setup_url: https, or http on localhost'],
    ['{ url: "javascript:alert(1)" }', 'url must be a setup_url: https, or http on localhost'],
    ['{ url: "http://pay.example/setup" }', 'url must be a setup_url: https, or http on localhost'],
    [`{ url: ${url}, open: "modal" }`, 'open must be inline or overlay'],
    [`{ url: ${url}, onComplete: () => {} }`, 'onComplete is not an option'],
    [`{ url: ${url}, onCompleted: "done" }`, 'onCompleted must be a function'],
    [`{ url: ${url}, title: 7 }`, 'title must be a string'],
  ]
  for (const [options, message] of errors)
    expect(await mountError(page, options)).toBe(`BillingSetup.mount: ${message}`)
  for (const element of ['null', '"#here"', 'document.createElement("div")'])
    expect(await mountError(page, `{ url: ${url} }`, element)).toBe(
      'BillingSetup.mount: element must be an element of the page',
    )
  expect(await page.locator('iframe').count()).toBe(0)
  await context.close()
})

/** Frames the page in the document of this origin, says hello in several ways, and returns what is received. */
async function sayHello(page: Page, url: string) {
  return page.evaluate(async (src) => {
    const received: unknown[] = []
    addEventListener('message', ({ data }) => void received.push(data))
    const frame = document.createElement('iframe')
    frame.src = src
    document.body.append(frame)
    await new Promise((resolve) => frame.addEventListener('load', resolve))
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => void received.push(data)
    const { origin } = new URL(src)
    frame.contentWindow!.postMessage({ v: 1, type: 'billing_setup_hello' }, origin)
    frame.contentWindow!.postMessage({ v: 1, type: 'other' }, origin, [new MessageChannel().port2])
    frame.contentWindow!.postMessage({ v: 1, type: 'billing_setup_hello' }, origin, [port2])
    // As long as a response to something later takes.
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve, 50))
    return received
  }, url)
}

test('the page answers nobody but a site that is listed', async () => {
  const { page: setup } = await own.world.openSetup()
  const { context } = await isolatedContext(own.browser, {})
  const page = await context.newPage()
  // May frame the page, as it has the same origin, but is not listed.
  await page.goto(`${own.world.apiUrl}/healthz`)
  expect(await sayHello(page, setup.url.href)).toEqual([])
  await own.world.asNative('PATCH', '/v1/settings', { embed_origins: ['https://app.example'] })
  await page.goto(`${own.world.apiUrl}/healthz`)
  expect(await sayHello(page, setup.url.href)).toEqual([])
  // The same words from a listed site are answered.
  await own.world.asNative('PATCH', '/v1/settings', { embed_origins: [own.world.apiUrl] })
  await page.goto(`${own.world.apiUrl}/healthz`)
  const received = (await sayHello(page, setup.url.href)) as { type: string }[]
  expect(received.map(({ type }) => type)).toEqual(['billing_setup_opened', 'ready', 'resize'])
  await context.close()
})
