import { expect, test } from 'vitest'
import { ask } from '../../../support/answer.ts'
import { pageWorld } from '../../../support/phone.ts'
import { openTab } from '../../../support/tab.ts'

// The address that a tab shows once the token is out of it.

const own = pageWorld()
const unknown = '/public/edge/setup-billing/brand_none/org_none/bc_none'

test('responds the same for a valid link and an invalid one, and reads nothing', async () => {
  const { page: setup } = await own.world.openSetup()
  const { sql, apiUrl } = own.world
  await sql.begin(async (transaction) => {
    await transaction`lock table billing_customers, brands, onboardings in access exclusive mode`
    const answers = []
    for (const path of [setup.url.pathname, unknown])
      for (const query of ['', setup.url.search]) answers.push(await ask(`${apiUrl}${path}/resume${query}`))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(new Set(answers.map(({ body }) => body as string)).size).toBe(1)
    expect(answers[0]!.body).toContain('Please open your link again')
    expect(answers[0]!.body).not.toContain('bc_')
  })
})

test('a reload returns 200 at the first request, shows no other text and adds no history entry', async () => {
  const { page: setup } = await own.world.openSetup()
  const tab = await openTab(own.browser, 'about:blank')
  const { page, context } = tab
  await page.goto(`${own.world.apiUrl}/healthz`)
  await page.goto(setup.url.href)
  const form = page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false })
  await form.waitFor()
  const title = await page.title()
  const titles: string[] = []
  const texts: string[] = []
  await context.exposeBinding('noteShown', (_source, shown: { title: string; text: string }) => {
    titles.push(shown.title)
    texts.push(shown.text)
  })
  // What is painted: innerText leaves out what is not visible.
  await context.addInitScript(`
    const look = () => {
      const { title, body } = document
      if (window === top && body) void window.noteShown({ title, text: body.innerText })
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)`)
  for (let times = 0; times < 3; times++) {
    const statuses: number[] = []
    page.on('response', (answer) => void (answer.request().isNavigationRequest() && statuses.push(answer.status())))
    await page.reload()
    await form.waitFor()
    expect(new Set(statuses)).toEqual(new Set([200]))
    page.removeAllListeners('response')
  }
  expect(texts.join(' ')).toContain('Set up billing')
  expect(texts.join(' ')).not.toContain('open your link again')
  expect(titles.filter((shown) => !title.startsWith(shown))).toEqual([])
  expect(await page.title()).toBe(title)
  const { entries } = await (await context.newCDPSession(page)).send('Page.getNavigationHistory')
  expect(entries.map(({ url }) => new URL(url).pathname)).toEqual(['blank', '/healthz', `${setup.url.pathname}/resume`])
  await page.goBack()
  expect(page.url()).toContain('/healthz')
  await context.close()
})

test('without a token in this tab it says what to do; the link, opened there, continues', async () => {
  const { page: setup } = await own.world.openSetup()
  const { page, context } = await openTab(own.browser, `${setup.url.origin}${setup.url.pathname}/resume`)
  await page.getByRole('heading', { level: 1, name: 'Please open your link again' }).waitFor()
  expect(await page.getByRole('main').textContent()).toContain('email or message with the link')
  await page.goto(setup.url.href)
  await page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false }).waitFor()
  await context.close()
})

test('a tab opened before this address existed continues from its current one', async () => {
  const { page: setup } = await own.world.openSetup()
  const { page, context } = await openTab(own.browser, setup.url.href)
  const form = page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false })
  await form.waitFor()
  await page.goto(`${setup.url.origin}${setup.url.pathname}`)
  await form.waitFor()
  expect(page.url()).toBe(`${setup.url.origin}${setup.url.pathname}/resume`)
  await context.close()
})
